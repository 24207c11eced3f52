using System.Collections.Concurrent;
using System.Diagnostics;

namespace FamilyPa.Tests.Storage;

/// <summary>Counts what Npgsql sends on behalf of one call, by its tracing.</summary>
internal sealed class CommandCounter : IDisposable
{
    private readonly ConcurrentDictionary<ActivityTraceId, int> commands = new();
    private readonly ActivityListener listener;

    public CommandCounter()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => commands.AddOrUpdate(activity.TraceId, 1, (_, count) => count + 1),
        };
        ActivitySource.AddActivityListener(listener);
    }

    public async Task<(T Result, int Commands)> CountAsync<T>(Func<Task<T>> call)
    {
        using var trace = new Activity("call").Start();
        var result = await call();
        return (result, commands.GetValueOrDefault(trace.TraceId));
    }

    public void Dispose() => listener.Dispose();
}
