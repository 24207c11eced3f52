using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.Twilio;

/// <summary>All messages in order of arrival; every change wakes those who wait.</summary>
internal sealed class MessageStore
{
    private readonly Lock gate = new();
    private readonly List<TwilioMessage> messages = [];
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);
    private readonly ChangeSignal changed = new();

    /// <returns>False if the sid is known already.</returns>
    public bool Add(TwilioMessage message)
    {
        lock (gate)
        {
            if (!positions.TryAdd(message.Sid, messages.Count)) return false;
            messages.Add(message);
        }

        changed.Raise();
        return true;
    }

    public TwilioMessage? Find(string sid)
    {
        lock (gate) return positions.TryGetValue(sid, out var position) ? messages[position] : null;
    }

    public TwilioMessage? Update(string sid, Func<TwilioMessage, TwilioMessage> change)
    {
        TwilioMessage updated;
        lock (gate)
        {
            if (!positions.TryGetValue(sid, out var position)) return null;
            updated = messages[position] = change(messages[position]);
        }

        changed.Raise();
        return updated;
    }

    /// <returns>False if there is no such message.</returns>
    public bool Remove(string sid)
    {
        lock (gate)
        {
            if (!positions.Remove(sid, out var position)) return false;
            messages.RemoveAt(position);
            for (var i = position; i < messages.Count; i++) positions[messages[i].Sid] = i;
        }

        changed.Raise();
        return true;
    }

    public IReadOnlyList<TwilioMessage> Snapshot()
    {
        lock (gate) return [.. messages];
    }

    public void Clear()
    {
        lock (gate)
        {
            messages.Clear();
            positions.Clear();
        }
    }

    public Task<TwilioMessage> WaitForAsync(Func<TwilioMessage, bool> predicate, TimeSpan timeout) =>
        changed.WaitForAsync(() => Snapshot().Where(predicate).Take(1).ToArray(), timeout, "such message");
}
