using System.Diagnostics;

namespace FamilyPa.Bench;

/// <summary>The measurements of one round; latencies in milliseconds.</summary>
internal sealed record LoadResult(double PerSecond, double P50, double P95, double P99, int Failures)
{
    /// <summary>The median round by throughput, so that outliers do not count.</summary>
    public static LoadResult Median(IReadOnlyList<LoadResult> rounds) => rounds.OrderBy(round => round.PerSecond).ElementAt(rounds.Count / 2) with
    {
        P50 = rounds.Select(round => round.P50).Order().ElementAt(rounds.Count / 2),
    };
}

/// <summary>Closed-loop load: each client sends its next request after the previous response.</summary>
internal static class LoadGenerator
{
    public static async Task<LoadResult> RunAsync(HttpClient http, int clients, int requests, Func<HttpRequestMessage> next)
    {
        // Sign the requests beforehand, because the client's work must not be measured.
        var prepared = new Queue<HttpRequestMessage>(Enumerable.Range(0, requests).Select(_ => next()));
        var latencies = new List<double>(requests);
        var failures = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(ClientAsync)));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        latencies.Sort();
        return new LoadResult(requests / elapsed, At(0.50), At(0.95), At(0.99), failures);

        async Task ClientAsync()
        {
            while (TakeNext() is { } request)
            {
                var sent = Stopwatch.GetTimestamp();
                var succeeded = await SendAsync(request);
                var latency = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
                lock (latencies)
                {
                    latencies.Add(latency);
                    failures += succeeded ? 0 : 1;
                }
            }
        }

        async Task<bool> SendAsync(HttpRequestMessage request)
        {
            try
            {
                using var response = await http.SendAsync(request);
                return response.IsSuccessStatusCode;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return false;
            }
        }

        HttpRequestMessage? TakeNext()
        {
            lock (prepared)
                return prepared.TryDequeue(out var request) ? request : null;
        }

        double At(double quantile) => latencies[(int)(quantile * (latencies.Count - 1))];
    }
}
