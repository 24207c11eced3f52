using System.ClientModel;
using FamilyPa.Core.Extraction;
using FamilyPa.Core.OpenAI;
using FamilyPa.Core.Tasks;
using FamilyPa.Simulators.Faults;
using FamilyPa.Simulators.OpenAI;
using FamilyPa.Tests.Infrastructure;
using NodaTime;
using OpenAI.Chat;

namespace FamilyPa.Tests.Local.Simulators;

public sealed class When_the_model_misbehaves : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private AzureOpenAISimulator simulator = null!;

    public async ValueTask InitializeAsync()
    {
        simulator = await AzureOpenAISimulator.StartAsync();
        simulator.Respond(_ => true, """{"tasks":[],"clarifying_question":null,"language":"en"}""");
    }

    public ValueTask DisposeAsync() => simulator.DisposeAsync();

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_status_comes_as_often_as_told_and_is_not_billed(int status)
    {
        simulator.Faults.Add(Fault.Status("chat", status).Times(2));

        for (var i = 0; i < 2; i++)
            Assert.Equal(status, (await Assert.ThrowsAsync<ClientResultException>(() => AskAsync())).Status);
        await AskAsync();

        Assert.Equal((3, 1), (simulator.Calls, simulator.Billed.ChatCalls));
    }

    [Fact]
    public async Task The_clients_retry_waits_as_it_is_told()
    {
        simulator.Faults.Add(Fault.Status("chat", 429, TimeSpan.FromMilliseconds(1)).Once());

        await AskAsync(retries: 1);

        Assert.Equal(2, simulator.Calls);
    }

    [Theory]
    [InlineData(CutPoint.BeforeEffect, 0)]
    [InlineData(CutPoint.AfterEffect, 1)]
    [InlineData(CutPoint.HalfBody, 1)]
    public async Task A_cut_connection_is_billed_if_the_work_was_done(CutPoint at, long billed)
    {
        simulator.Faults.Add(Fault.Cut("chat", at).Once());

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => AskAsync());

        Assert.True(failure is ClientResultException or HttpRequestException or IOException, failure.ToString());
        Assert.Equal(billed, simulator.Billed.ChatCalls);
    }

    [Fact]
    public async Task A_stall_holds_the_request_until_it_is_released()
    {
        var stall = simulator.Faults.Add(Fault.Stall("chat").Once());

        var asked = AskAsync();
        await stall.WaitForHitsAsync(1, Patience);
        Assert.False(asked.IsCompleted);
        Assert.Equal(0, simulator.Billed.ChatCalls);
        stall.Release();

        Assert.Equal(ChatFinishReason.Stop, (await asked).FinishReason);
    }

    [Fact]
    public async Task A_late_answer_has_been_billed_before_it_comes()
    {
        var late = simulator.Faults.Add(Fault.Late("chat", TimeSpan.FromMinutes(5)).Once());
        using var impatient = new CancellationTokenSource();

        var asked = AskAsync(cancellation: impatient.Token);
        await late.WaitForHitsAsync(1, Patience);
        await simulator.WaitForBillAsync(bill => bill.ChatCalls == 1, Patience);
        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Theory]
    [InlineData(RubbishKind.NotJson)]
    [InlineData(RubbishKind.TruncatedJson)]
    [InlineData(RubbishKind.Html)]
    [InlineData(RubbishKind.Empty)]
    public async Task Rubbish_breaks_the_client(RubbishKind kind)
    {
        simulator.Faults.Add(Fault.Rubbish("chat", kind).Once());

        await Assert.ThrowsAnyAsync<Exception>(() => AskAsync());
    }

    public static TheoryData<SchemaBreak> Breaks => new(Enum.GetValues<SchemaBreak>());

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_broken_answer_is_caught_by_the_app_or_is_harmless(SchemaBreak variant)
    {
        simulator.Faults.Add(Fault.BreakSchema(variant).Once());
        var content = (await AskAsync()).Content[0].Text;

        if (variant is SchemaBreak.MissingTasks or SchemaBreak.NullTasks or SchemaBreak.TasksNotAList or SchemaBreak.NotAnObject or SchemaBreak.MarkdownFence)
            Assert.Throws<ModelAnswerException>(() => ExtractionParser.Parse(content, DateTimeZone.Utc, []));
        else
            Assert.All(ExtractionParser.Parse(content, DateTimeZone.Utc, []).Tasks, task =>
            {
                Assert.InRange(task.Title.Length, 1, 200);
                Assert.InRange(task.Confidence, 0, 1);
                Assert.True(task.DueAt is null || DueDate.TryParse(task.DueAt, DateTimeZone.Utc, out _));
            });
    }

    [Fact]
    public async Task It_refuses_stops_early_or_says_nothing()
    {
        simulator.Faults.Add(Fault.Refusal().Once());
        simulator.Faults.Add(Fault.LengthStop().Once());
        simulator.Faults.Add(Fault.EmptyChoices().Once());
        simulator.Faults.Add(Fault.ContentFilter().Once());

        Assert.NotEmpty((await AskAsync()).Refusal);
        Assert.Equal(ChatFinishReason.Length, (await AskAsync()).FinishReason);
        await Assert.ThrowsAnyAsync<Exception>(async () => _ = (await AskAsync()).FinishReason);
        Assert.Contains("content_filter", (await Assert.ThrowsAsync<ClientResultException>(() => AskAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_can_be_meant_for_some_requests_only()
    {
        using var fault = simulator.Faults.Add(Fault.Status("chat", 500).OnlyFor("unlucky"));

        await AskAsync("lucky me");
        await Assert.ThrowsAsync<ClientResultException>(() => AskAsync("an unlucky one"));

        Assert.Equal(1, fault.Hits);
    }

    private async Task<ChatCompletion> AskAsync(string text = "hi", int retries = 0, CancellationToken? cancellation = null) =>
        (await KeylessModel.ChatOf(simulator, retries: retries).CompleteChatAsync([new UserChatMessage(text)], cancellationToken: cancellation ?? TestContext.Current.CancellationToken)).Value;
}
