using FamilyPa.Core.Diagnostics;
using FamilyPa.Core.Jobs;
using FamilyPa.Core.Queues;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace FamilyPa.Core.Pipeline;

/// <summary>Renews a job's lease until it is disposed, and cancels the work once another worker has the job.</summary>
internal sealed class LeaseRenewal : IAsyncDisposable
{
    private readonly CancellationTokenSource work;
    private readonly Task renewing;

    /// <param name="cancellation">Cancels the work too.</param>
    public LeaseRenewal(JobStore jobs, LeasedJob job, TimeSpan period, ILogger log, CancellationToken cancellation)
    {
        work = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        renewing = RenewAsync(jobs, job, period, log);
    }

    public CancellationToken Work => work.Token;

    public async ValueTask DisposeAsync()
    {
        await work.CancelAsync();
        await renewing;
        work.Dispose();
    }

    private async Task RenewAsync(JobStore jobs, LeasedJob job, TimeSpan period, ILogger log)
    {
        using var timer = new PeriodicTimer(period);
        while (true)
        {
            try
            {
                await timer.WaitForNextTickAsync(work.Token);
                if (!await jobs.RenewAsync(job, work.Token))
                    await work.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (NpgsqlException e)
            {
                // Not yet lost: the next tick may get through. If none does, the fence refuses what this worker writes.
                log.LeaseNotRenewed(job.MessageSid, job.Phase.Name(), ErrorCode.Of(e));
            }
        }
    }
}
