using System.Collections.Concurrent;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>Apps that a test class has released, by fixture. They are suspended, because they would poll their queues otherwise.</summary>
internal sealed class AppPool : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Type, ConcurrentBag<AppInstance>> idle = [];

    /// <summary>Null when none is idle.</summary>
    public async Task<AppInstance?> TakeAsync(Type fixture)
    {
        if (!Of(fixture).TryTake(out var instance))
            return null;
        await instance.Process!.PauseAsync(false);
        return instance;
    }

    public async Task GiveAsync(Type fixture, AppInstance instance)
    {
        await instance.Process!.PauseAsync(true);
        Of(fixture).Add(instance);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in idle.Values.SelectMany(instances => instances))
        {
            await instance.KillAsync();
            await instance.DisposeAsync();
        }
    }

    private ConcurrentBag<AppInstance> Of(Type fixture) => idle.GetOrAdd(fixture, _ => []);
}
