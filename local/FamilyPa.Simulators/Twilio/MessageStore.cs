using FamilyPa.Simulators.Hosting;

namespace FamilyPa.Simulators.Twilio;

/// <summary>All messages in order of arrival; every change wakes those who wait.</summary>
internal sealed class MessageStore
{
    private readonly Lock gate = new();
    private readonly OrderedDictionary<string, TwilioMessage> messages = new(StringComparer.Ordinal);
    private readonly ChangeSignal changed = new();

    /// <returns>False if the sid is known already.</returns>
    public bool Add(TwilioMessage message)
    {
        lock (gate)
            if (!messages.TryAdd(message.Sid, message)) return false;
        changed.Raise();
        return true;
    }

    public TwilioMessage? Find(string sid)
    {
        lock (gate) return messages.GetValueOrDefault(sid);
    }

    public TwilioMessage? Update(string sid, Func<TwilioMessage, TwilioMessage> change)
    {
        TwilioMessage updated;
        lock (gate)
        {
            if (!messages.TryGetValue(sid, out var message)) return null;
            updated = messages[sid] = change(message);
        }

        changed.Raise();
        return updated;
    }

    /// <returns>False if there is no such message.</returns>
    public bool Remove(string sid)
    {
        lock (gate) return messages.Remove(sid);
    }

    public IReadOnlyList<TwilioMessage> Snapshot()
    {
        lock (gate) return [.. messages.Values];
    }

    public void Clear()
    {
        lock (gate) messages.Clear();
    }

    public Task<TwilioMessage> WaitForAsync(Func<TwilioMessage, bool> predicate, TimeSpan timeout) =>
        changed.WaitForAsync(() => Snapshot().Where(predicate).Take(1).ToArray(), timeout, "such message");
}
