using System.Collections.Concurrent;

namespace FamilyPa.Tests.Infrastructure;

/// <summary>Apps that a test class has left, by the fixture whose settings they run with. They are held: else they would look at their queues all the time.</summary>
internal sealed class AppPool : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Type, ConcurrentBag<AppInstance>> idle = [];

    /// <summary>Null where none is idle.</summary>
    public AppInstance? Take(Type fixture)
    {
        if (!Of(fixture).TryTake(out var instance))
            return null;
        instance.Process!.Pause(false);
        return instance;
    }

    public void Give(Type fixture, AppInstance instance)
    {
        instance.Process!.Pause(true);
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
