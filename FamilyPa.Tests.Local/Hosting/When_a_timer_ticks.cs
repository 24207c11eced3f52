using System.Net;
using System.Net.Http.Json;
using FamilyPa.Local.App;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Hosting;

public class When_a_timer_ticks(TestEnvironment environment)
{
    [Fact]
    public async Task The_function_is_called_again_and_again_and_never_twice_at_once()
    {
        await using var host = await ProbeHost.StartAsync(environment, ["EverySecond"]);

        await host.WaitForAsync(calls => calls.Count(call => call.StartsWith("end", StringComparison.Ordinal)) >= 2);

        // Timers that run more than once a minute have no schedule status.
        Assert.Equal(["begin tick True False", "end tick True False", "begin tick True False", "end tick True False"], host.Calls.Take(4));
    }

    [Fact]
    public async Task A_failure_is_logged_and_the_next_tick_comes()
    {
        await using var host = await ProbeHost.StartAsync(environment, ["Failing"]);

        await host.WaitForAsync(calls => calls.Count >= 2);

        await host.WaitForLineAsync("Executing 'Functions.Failing' (Reason='Timer fired at 20");
        await host.WaitForLineAsync("Executed 'Functions.Failing' (Failed, Id=");
    }

    [Fact]
    public async Task The_end_of_the_host_cancels_its_token()
    {
        Assert.SkipWhen(PlatformHost.IsUsed, "The platform's host, built for an older .NET, takes no notice of SIGTERM.");
        var host = await ProbeHost.StartAsync(environment, ["EverySecond"]);
        await host.WaitForCallAsync("begin tick True False");

        await host.Process.DisposeAsync();

        Assert.Contains(host.Calls[^1], (string[])["cancelled tick True False", "end tick True False"]);
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData("Nightly")]
    [InlineData("nothing")]
    public async Task It_can_be_run_by_hand_with_the_key_even_a_disabled_one(string enabled)
    {
        await using var host = await ProbeHost.StartAsync(environment, [enabled]);

        Assert.Equal(HttpStatusCode.Unauthorized, await RunAsync(host, "/admin/functions/Nightly"));
        Assert.Equal(HttpStatusCode.NotFound, await RunAsync(host, $"/admin/functions/Daily?code={ProbeHost.Key}"));
        using (var empty = await host.Client.PostAsync($"/admin/functions/Nightly?code={ProbeHost.Key}", null, TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, empty.StatusCode);
        Assert.Empty(host.Calls);

        Assert.Equal(HttpStatusCode.Accepted, await RunAsync(host, $"/admin/functions/Nightly?code={ProbeHost.Key}"));

        await host.WaitForAsync(calls => calls.Count == 1);
        await host.WaitForLineAsync("Executing 'Functions.Nightly' (Reason='This function was programmatically called via the host APIs.', Id=");
    }

    private static async Task<HttpStatusCode> RunAsync(ProbeHost host, string path)
    {
        using var response = await host.Client.PostAsync(path, JsonContent.Create(new { input = "" }), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
