using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FamilyPa.Tests.Media;

/// <summary>A server that answers as nobody should: what it writes is written byte for byte, headers included.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, Func<NetworkStream, Task>> answers = [];
    private readonly List<(string Path, bool HasCredentials)> requests = [];
    private readonly Task serving;

    public HostileServer()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public string Host => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public string Url => $"http://{Host}";

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<(string Path, bool HasCredentials)> Requests
    {
        get
        {
            lock (requests) return [.. requests];
        }
    }

    public HostileServer On(string path, Func<NetworkStream, Task> answer)
    {
        answers[path] = answer;
        return this;
    }

    public HostileServer On(string path, byte[] body, string status = "200 OK", params string[] headers) =>
        On(path, async stream =>
        {
            await HeadAsync(stream, status, [$"Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}", .. headers]);
            await stream.WriteAsync(body);
        });

    public HostileServer Redirect(string path, string location, string status = "307 Temporary Redirect") =>
        On(path, [], status, $"Location: {location}");

    public static async Task HeadAsync(NetworkStream stream, string status, params string[] headers) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Connection: close\r\n\r\n"));

    /// <summary>Sends nothing until the caller hangs up, or for as long as any test allows.</summary>
    public static async Task StallAsync(NetworkStream stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        _ = await stream.ReadAsync(new byte[1], limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving; // Before the listener stops: to accept on a stopped one is an error of its own.
        listener.Stop();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var path = (await reader.ReadLineAsync(stop.Token))!.Split(' ')[1];
                var hasCredentials = false;
                while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 } header)
                    hasCredentials |= header.StartsWith("Authorization:", StringComparison.OrdinalIgnoreCase);
                lock (requests) requests.Add((path, hasCredentials));
                if (answers.TryGetValue(path, out var answer))
                    await answer(stream);
                else
                    await HeadAsync(stream, "404 Not Found", "Content-Length: 0");
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The caller had enough.
            }
        }
    }
}
