using System.Collections.Concurrent;
using ProtoBuf.Grpc;
using ProtoBuf.Grpc.Configuration;

namespace FunctionsHost.Rpc;

[Service("AzureFunctionsRpcMessages.FunctionRpc")]
internal interface IFunctionRpc
{
    [Operation("EventStream")]
    IAsyncEnumerable<StreamingMessage> EventStream(IAsyncEnumerable<StreamingMessage> received, CallContext context = default);
}

/// <summary>The host's end of the workers' streams. A worker names itself first; a stream that nobody waits for ends at once.</summary>
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
