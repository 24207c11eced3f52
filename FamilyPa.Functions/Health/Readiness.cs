using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Queues;
using FamilyPa.Core.Storage;
using FamilyPa.Functions.Http;
using Microsoft.Extensions.Logging;

namespace FamilyPa.Functions.Health;

/// <summary>Checks at most once per second whether the database and the queues respond, however many callers ask.</summary>
public sealed class Readiness(Database database, PhaseQueues queues, TimeProvider clock, ILogger<Readiness> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Valid = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private Task<bool> last = Task.FromResult(false);
    private DateTimeOffset until;

    public Task<bool> IsReadyAsync(string requestId)
    {
        lock (gate)
        {
            if (last.IsCompleted && clock.GetUtcNow() >= until)
                last = Task.Run(() => CheckAsync(requestId));
            return last;
        }
    }

    private async Task<bool> CheckAsync(string requestId)
    {
        try
        {
            await Task.WhenAll(AskDatabaseAsync(), queues.IsReachableAsync(CancellationToken.None)).WaitAsync(Patience);
            return true;
        }
        catch (Exception e)
        {
            log.NotReady(requestId, ErrorCode.Of(e));
            return false;
        }
        finally
        {
            lock (gate)
                until = clock.GetUtcNow() + Valid;
        }
    }

    private async Task AskDatabaseAsync()
    {
        await using var batch = database.AsService().Add("select 1");
        await batch.ExecuteAsync(CancellationToken.None);
    }
}
