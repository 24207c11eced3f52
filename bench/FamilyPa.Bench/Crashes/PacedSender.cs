using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Traffic;

namespace FamilyPa.Bench.Crashes;

/// <summary>
/// Sends many messages, no faster than told, and waits while there is much unfinished: Azurite slows with what it holds, and a
/// longer queue would show nothing new.
/// </summary>
/// <param name="mostUnfinished">How many may be on their way.</param>
internal sealed class PacedSender(CrashEnvironment environment, double perSecond, int mostUnfinished = 200)
{
    private const int SendersAtOnce = 500;

    private static readonly TimeSpan ShortDelays = TimeSpan.FromMilliseconds(100);

    private int underway;

    /// <param name="progress">Told now and then how many were sent.</param>
    /// <returns>Once all of them are acknowledged.</returns>
    public async Task<IReadOnlyList<SentMessage>> SendAsync(IEnumerable<Draft> drafts, Action<int> progress, CancellationToken cancellation)
    {
        var sending = new List<Task<SentMessage>>();
        foreach (var block in drafts.Chunk(SendersAtOnce))
        {
            var phones = await environment.AddSendersAsync(block.Length);
            foreach (var (draft, phone) in block.Zip(phones))
            {
                // A few at a time: asking how much is unfinished costs more than a message.
                if (sending.Count % 20 == 0)
                    await WaitForRoomAsync(cancellation);
                sending.Add(SendOneAsync(draft, phone, cancellation));
                await Task.Delay(TimeSpan.FromSeconds(1 / perSecond), cancellation);
            }

            progress(sending.Count);
        }

        return await Task.WhenAll(sending);
    }

    private async Task<SentMessage> SendOneAsync(Draft draft, string phone, CancellationToken cancellation)
    {
        Interlocked.Increment(ref underway);
        try
        {
            return await environment.Sender.SendAsync(draft, phone, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref underway);
        }
    }

    private async Task WaitForRoomAsync(CancellationToken cancellation)
    {
        while (Volatile.Read(ref underway) + await environment.CountUnfinishedAsync() > mostUnfinished)
            await Task.Delay(ShortDelays, cancellation);
    }
}
