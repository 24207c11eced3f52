using System.Net.Sockets;

namespace FunctionsHost.Workers;

/// <summary>A worker process whose functions are loaded.</summary>
internal sealed class Worker(IWorkerProcess process, WorkerChannel channel) : IAsyncDisposable
{
    public IWorkerProcess Process => process;

    /// <summary>The address of the worker's web server; null without HTTP functions.</summary>
    public string? HttpAddress { get; private set; }

    /// <summary>Completes when the worker can be called no more. Its process may end later.</summary>
    public Task Gone => channel.Closed;

    public HttpMessageInvoker Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });

    public IReadOnlyList<RpcFunctionMetadata> Functions { get; private set; } = [];

    /// <summary>Initialises the worker and loads its functions.</summary>
    /// <exception cref="WorkerGoneException">The worker ended.</exception>
    /// <exception cref="FunctionsHostException">The worker cannot load its functions.</exception>
    public static async Task<Worker> InitialiseAsync(IWorkerProcess process, WorkerChannel channel, string folder, CancellationToken cancellationToken)
    {
        await channel.Connected;
        var worker = new Worker(process, channel);
        var init = await worker.AskAsync(new() { WorkerInitRequest = new() { WorkerDirectory = folder, FunctionAppDirectory = folder } });
        Check(init.WorkerInitResponse!.Result, "start");
        worker.HttpAddress = init.WorkerInitResponse.Capabilities.GetValueOrDefault("HttpUri");
        var metadata = await worker.AskAsync(new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = folder } });
        Check(metadata.FunctionMetadataResponse!.Result, "list its functions");
        worker.Functions = metadata.FunctionMetadataResponse.Functions;
        await Task.WhenAll(worker.Functions.Select(worker.LoadAsync));
        if (worker.HttpAddress is not null)
            await WaitUntilListeningAsync(new Uri(worker.HttpAddress), cancellationToken);
        return worker;
    }

    /// <exception cref="RemoteException">The function threw.</exception>
    /// <exception cref="OperationCanceledException">The function was cancelled.</exception>
    /// <exception cref="WorkerGoneException">The worker ended.</exception>
    public async Task InvokeAsync(InvocationRequest request, CancellationToken cancellationToken)
    {
        var answer = channel.AskAsync(new() { InvocationRequest = request }, request.InvocationId);
        await using var registration = cancellationToken.UnsafeRegister(
            _ => channel.Tell(new() { InvocationCancel = new() { InvocationId = request.InvocationId } }), null);
        var result = (await answer).InvocationResponse?.Result;
        if (result?.Status == ResultStatus.Cancelled)
            throw new OperationCanceledException(result.Exception?.Message);
        if (result?.Status != ResultStatus.Success)
            throw new RemoteException(result?.Exception ?? new() { Message = "The function failed." });
    }

    /// <summary>Completes when the worker has answered, or has ended.</summary>
    public Task AnswerAsync() => AskAsync(new() { WorkerStatusRequest = new() });

    public async ValueTask DisposeAsync()
    {
        channel.Close();
        Http.Dispose();
        await Process.DisposeAsync();
    }

    /// <summary>Asks the worker to end, and kills it after this time.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        channel.Tell(new() { WorkerTerminate = new() });
        if (await Task.WhenAny(Process.Exited, Task.Delay(grace)) != Process.Exited)
            await Process.KillAsync();
    }

    private async Task LoadAsync(RpcFunctionMetadata function)
    {
        var load = await AskAsync(new() { FunctionLoadRequest = new() { FunctionId = function.FunctionId, Metadata = function } });
        Check(load.FunctionLoadResponse!.Result, $"load the function '{function.Name}'");
    }

    private Task<StreamingMessage> AskAsync(StreamingMessage question) => channel.AskAsync(question, Guid.NewGuid().ToString());

    /// <summary>The worker reports its functions shortly before its web server listens.</summary>
    private static async Task WaitUntilListeningAsync(Uri address, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address.Host, address.Port, cancellationToken);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, cancellationToken);
            }
        }
    }

    private static void Check(StatusResult? result, string what)
    {
        if (result is { Status: not ResultStatus.Success })
            throw new FunctionsHostException($"The worker could not {what}: {result.Exception?.Message}");
    }
}
