using System.Collections.Concurrent;

namespace FamilyPa.Simulators.Twilio;

/// <summary>Why a number cannot be written to.</summary>
public enum RecipientState { Reachable, OptedOut, Blocked, OutsideWindow }

/// <summary>The state of each number, with or without its <c>whatsapp:</c> prefix.</summary>
/// <remarks>
/// An opt-out is refused at once with 21610. A user who blocked us (63014) and WhatsApp's closed 24-hour window (63016) are found out
/// by the channel later: Twilio answers 201 and the status callback says <c>undelivered</c>. Either can be told to come the other way.
/// </remarks>
public sealed class Recipients
{
    private readonly ConcurrentDictionary<string, (RecipientState State, bool AtOnce)> states = new(StringComparer.Ordinal);

    /// <param name="atOnce">True: a 400 on creation; false: 201 and a failed status later; null: as Twilio does for this state.</param>
    public void Set(string number, RecipientState state, bool? atOnce = null)
    {
        if (state == RecipientState.Reachable) states.TryRemove(Bare(number), out _);
        else states[Bare(number)] = (state, atOnce ?? state == RecipientState.OptedOut);
    }

    public void Clear() => states.Clear();

    internal Unreachable? Of(string number) =>
        states.TryGetValue(Bare(number), out var found)
            ? found.State switch
            {
                RecipientState.OptedOut => new(21610, "Attempt to send to unsubscribed recipient", found.AtOnce),
                RecipientState.Blocked => new(63014, "Failed to send message because this user blocked it", found.AtOnce),
                _ => new(63016, "Failed to send freeform message because you are outside the allowed window", found.AtOnce),
            }
            : null;

    private static string Bare(string number) => number.StartsWith("whatsapp:", StringComparison.Ordinal) ? number[9..] : number;
}

internal sealed record Unreachable(int Code, string Message, bool AtOnce);
