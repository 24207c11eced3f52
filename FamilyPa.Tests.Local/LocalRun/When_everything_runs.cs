using System.Diagnostics;
using System.Net;
using FamilyPa.Local.Processes;
using FamilyPa.Tests.Infrastructure;
using Npgsql;

namespace FamilyPa.Tests.Local.LocalRun;

public sealed class When_everything_runs(WholeRun run) : IClassFixture<WholeRun>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_run_file_says_where_everything_is()
    {
        var file = run.ReadFile();

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"{file.BaseUrl}/api/health/ready", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(file.Phone, Cancellation)).StatusCode);
        await using var connection = new NpgsqlConnection(FamilyPa.Core.Settings.ConnectionStrings.Parse(file.Postgres).ConnectionString);
        await connection.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand("select user_id from family_members where family_id = $1 and phone_e164 = $2", connection)
        {
            Parameters = { new() { Value = file.Demo.FamilyId }, new() { Value = file.Demo.OwnerPhone } },
        };
        Assert.Equal(file.Demo.OwnerUserId, await command.ExecuteScalarAsync(Cancellation));
        Assert.True(await new StorageAccount(file.Storage).Queue("extract").ExistsAsync(Cancellation));
    }

    [Fact]
    public void The_run_file_has_the_fields_that_scripts_rely_on()
    {
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(run.FilePath));
        foreach (var path in (string[])[
            "baseUrl", "postgres", "storage", "functionKey", "twilio.accountSid", "twilio.authToken", "twilio.sharedSecret", "twilio.webhookUrl",
            "twilio.apiBaseUrl", "openai.endpoint", "appPid", "demo.familyId", "demo.ownerPhone", "demo.ownerUserId", "demo.twilioNumber"])
        {
            var value = path.Split('.').Aggregate(json.RootElement, (element, name) => element.GetProperty(name));
            Assert.NotEqual("", value.ToString());
        }

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(run.FilePath));
    }

    [Fact]
    public async Task A_second_run_is_refused_and_told_of_the_first()
    {
        var (succeeded, output) = await run.TryAgainAsync();

        Assert.False(succeeded);
        Assert.Contains("already runs", output, StringComparison.Ordinal);
        Assert.Contains(run.ReadFile().BaseUrl, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_dies_is_started_again_and_the_run_file_follows()
    {
        var before = run.ReadFile().AppPid;
        Process.GetProcessById(before).Kill();
        var clock = Stopwatch.StartNew();
        while (run.ReadFile().AppPid == before)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), run.Output);
            await Task.Delay(50, Cancellation);
        }

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"{run.ReadFile().BaseUrl}/api/health/live", Cancellation)).StatusCode);
    }

    /// <summary>The fixture checks the same for a graceful stop.</summary>
    [Fact]
    public async Task Nothing_outlives_it_even_when_it_is_killed()
    {
        await using var another = new WholeRun();
        await another.InitializeAsync();
        var file = another.ReadFile();

        await another.KillAsync();

        await WholeRun.WaitUntilNothingListensAsync(file);
    }
}
