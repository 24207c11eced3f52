using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>A proxy that simulates failures of a server or a network until <see cref="PassOn"/>.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private static readonly TaskCompletionSource Free = Completed();

    private readonly int target;
    private readonly ConcurrentDictionary<Socket, bool> open = new();
    private Socket? listener;
    private volatile TaskCompletionSource passage = Free;
    private volatile byte[]? answer;
    private int answered;

    public TcpProxy(int target)
    {
        this.target = target;
        Listen(0);
    }

    public int Port { get; private set; }

    /// <summary>Number of connections that got the response of <see cref="AnswerAll"/>.</summary>
    public int Answered => Volatile.Read(ref answered);

    /// <summary>Simulates a process that has ended: open connections break, new ones are refused.</summary>
    public void Refuse()
    {
        listener?.Dispose();
        listener = null;
        Cut();
    }

    /// <summary>Simulates a frozen process or a network that drops all packets: connections open, but transfer nothing.</summary>
    public void Freeze() => passage = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sends the same bytes to every client and closes the connection.</summary>
    public void AnswerAll(byte[] bytes)
    {
        answer = bytes;
        Cut();
    }

    /// <summary>Breaks the open connections. New ones work.</summary>
    public void Cut()
    {
        foreach (var socket in open.Keys)
            Break(socket);
    }

    public void PassOn()
    {
        answer = null;
        passage.TrySetResult();
        passage = Free;
        if (listener is null)
            Listen(Port);
    }

    public ValueTask DisposeAsync()
    {
        Refuse();
        passage.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private void Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(512);
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        listener = socket;
        _ = AcceptAsync(socket);
    }

    private async Task AcceptAsync(Socket from)
    {
        while (true)
        {
            try
            {
                var client = await from.AcceptAsync();
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        open[client] = true;
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        open[server] = true;
        try
        {
            client.NoDelay = true;
            await passage.Task;
            if (answer is { } bytes)
            {
                // Read the request first: closing with unread bytes would send a reset.
                await client.ReceiveAsync(new byte[1024]);
                await client.SendAsync(bytes);
                Interlocked.Increment(ref answered);
                client.Shutdown(SocketShutdown.Send);
                return;
            }

            await server.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side has closed.
        }
        finally
        {
            Break(client);
            Break(server);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var length and > 0)
            {
                await passage.Task;
                await to.SendAsync(buffer.AsMemory(0, length));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // This direction has ended.
        }
    }

    private void Break(Socket socket)
    {
        if (open.TryRemove(socket, out _))
            socket.Close(0);
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
