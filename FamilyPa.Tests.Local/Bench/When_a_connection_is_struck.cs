using FamilyPa.Bench.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Tests.Local.Bench;

/// <summary>The proxy of the fault storm, before a real server.</summary>
public sealed class When_a_connection_is_struck : IAsyncLifetime
{
    private const int Requests = 60;

    private WebApplication server = null!;
    private FaultProxy proxy = null!;
    private HttpClient http = null!;
    private int served;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.MapGet("/", (HttpContext _) => $"{Interlocked.Increment(ref served)}");
        await server.StartAsync(Cancellation);
        proxy = new FaultProxy(new Uri(server.Urls.Single()).Port, seed: 1);
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{proxy.Port}/") };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await proxy.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_chance_of_it_nothing_is()
    {
        Assert.Equal((Requests, Requests), (await AnsweredAsync(), served));

        Assert.Equal((Requests, 0), (proxy.Exchanges, proxy.Struck));
    }

    [Fact]
    public async Task Some_never_get_through_some_lose_their_answer_and_some_are_late()
    {
        proxy.Probability = 1;

        var answered = await AnsweredAsync();

        Assert.InRange(answered, 1, Requests - 1);
        Assert.InRange(served, answered + 1, Requests - 1);
        Assert.Equal(proxy.Exchanges, proxy.Struck);
    }

    [Fact]
    public async Task Now_and_then_is_about_as_often_as_was_asked_for()
    {
        proxy.Probability = 0.2;

        await AnsweredAsync();

        Assert.InRange(proxy.Struck, 1, Requests / 2);
    }

    [Fact]
    public async Task A_refusing_one_lets_nothing_through_until_it_no_longer_is()
    {
        proxy.IsRefusing = true;
        Assert.Equal((0, 0), (await AnsweredAsync(), served));

        proxy.IsRefusing = false;
        Assert.Equal(Requests, await AnsweredAsync());
    }

    /// <returns>How many of some requests at once were answered.</returns>
    private async Task<int> AnsweredAsync() =>
        (await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => IsAnsweredAsync()))).Count(answered => answered);

    private async Task<bool> IsAnsweredAsync()
    {
        try
        {
            await http.GetStringAsync("", Cancellation);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
