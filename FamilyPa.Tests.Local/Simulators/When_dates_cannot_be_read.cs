using System.ClientModel;
using System.Diagnostics;
using System.Text.Json;
using FamilyPa.Local.Services;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Tests.Infrastructure;
using OpenAI.Chat;

namespace FamilyPa.Tests.Local.Simulators;

public class When_dates_cannot_be_read
{
    private static readonly AzureOpenAISimulatorOptions Working = new() { NodeModules = NodePackages.Folder };

    [Fact]
    public async Task A_missing_folder_is_named_in_the_error() =>
        Assert.Contains("/nowhere/node_modules", await RefusalAsync(Working with { NodeModules = "/nowhere/node_modules" }), StringComparison.Ordinal);

    [Fact]
    public async Task A_missing_Node_is_named_in_the_error()
    {
        await NodePackages.EnsureAsync(cancellationToken: TestContext.Current.CancellationToken, forTests: true);

        Assert.Contains("no-such-node", await RefusalAsync(Working with { Node = "no-such-node" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_the_library_is_named_in_the_error()
    {
        var empty = Directory.CreateTempSubdirectory("familypa-");

        var message = await RefusalAsync(Working with { NodeModules = empty.FullName });

        empty.Delete();
        Assert.Contains("chrono-node", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_that_died_is_replaced()
    {
        await NodePackages.EnsureAsync(cancellationToken: TestContext.Current.CancellationToken, forTests: true);
        await using var simulator = await AzureOpenAISimulator.StartAsync(Working);
        Assert.Null(simulator.HelperProcessId);
        await AskAsync(simulator);
        var first = simulator.HelperProcessId!.Value;
        using (var helper = Process.GetProcessById(first))
            helper.Kill();

        Assert.Contains("2026-11-23", await AskAsync(simulator), StringComparison.Ordinal);
        Assert.NotEqual(first, simulator.HelperProcessId);
    }

    [Fact]
    public async Task The_helper_ends_with_the_simulator()
    {
        await NodePackages.EnsureAsync(cancellationToken: TestContext.Current.CancellationToken, forTests: true);
        var simulator = await AzureOpenAISimulator.StartAsync(Working);
        await AskAsync(simulator);
        using var helper = Process.GetProcessById(simulator.HelperProcessId!.Value);

        await simulator.DisposeAsync();

        Assert.True(helper.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    private static async Task<string> RefusalAsync(AzureOpenAISimulatorOptions options)
    {
        await using var simulator = await AzureOpenAISimulator.StartAsync(options);
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(simulator));
        Assert.Equal(500, refused.Status);
        return refused.Message;
    }

    private static async Task<string> AskAsync(AzureOpenAISimulator simulator)
    {
        var input = JsonSerializer.Serialize(new { now = "2026-11-22T20:10:00", locale = "en-GB", message = "buy milk tomorrow" });
        return (await KeylessModel.ChatOf(simulator).CompleteChatAsync([new UserChatMessage(input)])).Value.Content[0].Text;
    }
}
