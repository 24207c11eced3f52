using System.Net.Sockets;

namespace FamilyPa.Bench.Faults;

/// <summary>A connection through a <see cref="FaultProxy"/>. An exchange begins when the client sends first, or after the server has sent.</summary>
internal sealed class FaultyConnection(FaultProxy proxy, Socket client, Socket server)
{
    private const int BufferSize = 16 * 1024;

    private volatile bool clientsTurn = true;
    private volatile bool losesAnswer;

    /// <summary>Runs until one side closes or a fault cuts the connection.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] both = [RequestsAsync(either.Token), AnswersAsync(either.Token)];
        await Task.WhenAny(both);
        await either.CancelAsync();
        // Reset the connection instead of closing it gracefully.
        client.LingerState = new LingerOption(true, 0);
        await Task.WhenAll(both);
    }

    private async Task RequestsAsync(CancellationToken cancellation)
    {
        var buffer = new byte[BufferSize];
        while (await client.ReceiveAsync(buffer, cancellation) is > 0 and var length)
        {
            if (clientsTurn)
            {
                clientsTurn = false;
                var (strike, stall) = proxy.Next();
                if (strike == Strike.CutBefore)
                    return;
                losesAnswer = strike == Strike.CutAfter;
                if (strike == Strike.Stall)
                    await Task.Delay(stall, cancellation);
            }

            await SendAsync(server, buffer.AsMemory(0, length), cancellation);
        }
    }

    private async Task AnswersAsync(CancellationToken cancellation)
    {
        var buffer = new byte[BufferSize];
        while (await server.ReceiveAsync(buffer, cancellation) is > 0 and var length && !losesAnswer)
        {
            clientsTurn = true;
            await SendAsync(client, buffer.AsMemory(0, length), cancellation);
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0)
            bytes = bytes[await to.SendAsync(bytes, cancellation)..];
    }
}
