using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.LocalRun;

public sealed class When_the_app_runs_in_a_test(FamilyPaApp app) : AppTest<FamilyPaApp>(app)
{
    [Fact]
    public async Task A_text_becomes_tasks_and_a_reply()
    {
        var sid = await App.TextAsync("buy milk tomorrow");

        var job = await App.WaitForJobAsync(sid);

        Assert.Equal("done", job.Status);
        Assert.NotEmpty(await App.Database.RowsAsync("select title from tasks where source_message_sid = $1", sid));
        Assert.Contains(App.Twilio.Sent, reply => reply.Body.Contains("milk", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task It_comes_back_after_a_crash_at_the_same_address()
    {
        var before = App.ProcessId;
        await App.KillAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => App.Http.GetAsync("/api/health/live", Cancellation));

        await App.RestartAsync();

        Assert.NotEqual(before, App.ProcessId);
        Assert.Equal("done", (await App.WaitForJobAsync(await App.TextAsync("buy bread"))).Status);
    }

    [Fact]
    public async Task Every_part_of_a_request_can_be_tampered_with()
    {
        var form = App.Form("buy eggs");

        Assert.Equal(200, (await App.PostAsync(form)).Status);
        Assert.NotEqual(200, (await App.PostAsync(form, new Tamper { AuthToken = "another" })).Status);
        Assert.NotEqual(200, (await App.PostAsync(form, new Tamper { Signature = "" })).Status);
        Assert.NotEqual(200, (await App.PostAsync(form, new Tamper { Secret = "another" })).Status);
        Assert.NotEqual(200, (await App.PostAsync(form, new Tamper { SignedUrl = App.BaseUrl })).Status);
        Assert.NotEqual(200, (await App.PostAsync(form, new Tamper { SignedForm = App.Form("buy jam") })).Status);
        Assert.Equal(405, (await App.PostAsync(form, new Tamper { Method = "GET" })).Status);
    }
}
