using FamilyPa.Bench.Checks;
using FamilyPa.Simulators.Twilio;

namespace FamilyPa.Bench.Traffic;

/// <summary>Delivers messages as Twilio does, and retries each until it is acknowledged.</summary>
internal sealed class Sender(TwilioSimulator twilio)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <param name="phone">A sender without other messages, so that all replies to it belong to this message.</param>
    /// <returns>The acknowledged message.</returns>
    public async Task<SentMessage> SendAsync(Draft draft, string phone, CancellationToken cancellation)
    {
        await Task.Delay(draft.Later, cancellation);
        var message = twilio.BuildInbound(draft.From(phone));
        await Task.WhenAll(DeliverAsync(message.MessageSid, TimeSpan.Zero, cancellation),
            draft.Again is { } gap ? DeliverAsync(message.MessageSid, gap, cancellation) : Task.CompletedTask);
        return new SentMessage(message.MessageSid, $"whatsapp:{phone}", draft.Kind, draft.Voices.Count);
    }

    private async Task DeliverAsync(string messageSid, TimeSpan after, CancellationToken cancellation)
    {
        await Task.Delay(after, cancellation);
        while (!(await twilio.RedeliverAsync(messageSid, cancellation)).Accepted)
            await Task.Delay(Pause, cancellation);
    }
}
