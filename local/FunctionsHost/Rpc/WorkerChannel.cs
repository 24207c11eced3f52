using System.Collections.Concurrent;
using System.Threading.Channels;
using ProtoBuf.Grpc;
using ProtoBuf.Grpc.Configuration;

namespace FunctionsHost.Rpc;

/// <summary>The host's end of one worker's stream. Matches responses to requests by id.</summary>
internal sealed class WorkerChannel
{
    private readonly Channel<StreamingMessage> outgoing = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> awaited = new();
    private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChannelReader<StreamingMessage> Outgoing => outgoing.Reader;

    public Task Connected => connected.Task;

    /// <summary>Completes when the worker's stream has ended, before pending requests fail.</summary>
    public Task Closed => closed.Task;

    /// <summary>Called with each log line of the worker, on the stream's thread.</summary>
    public Action<RpcLog>? OnLog { get; set; }

    /// <exception cref="WorkerGoneException">The worker ended before it responded.</exception>
    public async Task<StreamingMessage> AskAsync(StreamingMessage question, string id)
    {
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        awaited[id] = answer;
        question.RequestId = id;
        if (Closed.IsCompleted || !outgoing.Writer.TryWrite(question))
            Fail(id);
        return await answer.Task;
    }

    public void Tell(StreamingMessage message) => outgoing.Writer.TryWrite(message);

    /// <summary>Rejects new requests and fails pending ones.</summary>
    public void Close()
    {
        closed.TrySetResult();
        outgoing.Writer.TryComplete();
        connected.TrySetException(new WorkerGoneException());
        _ = connected.Task.Exception;
        foreach (var id in awaited.Keys)
            Fail(id);
    }

    internal async Task ReadAsync(IAsyncEnumerator<StreamingMessage> messages)
    {
        connected.TrySetResult();
        try
        {
            while (await messages.MoveNextAsync())
                Take(messages.Current);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or Grpc.Core.RpcException)
        {
            // The worker has ended.
        }
        finally
        {
            Close();
        }
    }

    private void Take(StreamingMessage message)
    {
        if (message.RpcLog is { } log)
            OnLog?.Invoke(log);
        else if (awaited.TryRemove(message.RequestId ?? "", out var answer))
            answer.TrySetResult(message);
    }

    private void Fail(string id)
    {
        if (awaited.TryRemove(id, out var answer))
            answer.TrySetException(new WorkerGoneException());
    }
}

/// <summary>The worker process ended while a function ran in it.</summary>
internal sealed class WorkerGoneException() : Exception("The worker process ended.");

/// <summary>An exception from the worker, with the worker's stack trace.</summary>
internal sealed class RemoteException(RpcException exception) : Exception(exception.Message)
{
    public override string ToString() => $"{exception.Type}: {exception.Message}{Environment.NewLine}{exception.StackTrace}";
}

[Service("AzureFunctionsRpcMessages.FunctionRpc")]
internal interface IFunctionRpc
{
    [Operation("EventStream")]
    IAsyncEnumerable<StreamingMessage> EventStream(IAsyncEnumerable<StreamingMessage> received, CallContext context = default);
}

/// <summary>The gRPC service for the workers' streams. A worker's first message names it; streams of unexpected workers end at once.</summary>
internal sealed class FunctionRpc : IFunctionRpc
{
    private readonly ConcurrentDictionary<string, WorkerChannel> expected = new();

    public WorkerChannel Expect(string workerId) => expected[workerId] = new WorkerChannel();

    public void Forget(string workerId) => expected.TryRemove(workerId, out _);

    public async IAsyncEnumerable<StreamingMessage> EventStream(IAsyncEnumerable<StreamingMessage> received, CallContext context = default)
    {
        await using var messages = received.GetAsyncEnumerator(context.CancellationToken);
        if (!await messages.MoveNextAsync() || messages.Current.StartStream is not { } start || !expected.TryGetValue(start.WorkerId, out var channel))
            yield break;
        var reading = channel.ReadAsync(messages);
        await foreach (var message in channel.Outgoing.ReadAllAsync(context.CancellationToken))
            yield return message;
        await reading;
    }
}
