using FamilyPa.Bench.Checks;
using FamilyPa.Bench.Traffic;

namespace FamilyPa.Bench.Crashes;

/// <summary>
/// Sends many messages at a limited rate, and pauses while many are unfinished. Azurite slows down as its content grows, and longer queues would test nothing new.
/// </summary>
/// <param name="mostUnfinished">Maximum number of unfinished messages.</param>
internal sealed class PacedSender(CrashEnvironment environment, double perSecond, int mostUnfinished = 200)
{
    private const int SendersAtOnce = 500;

    private static readonly TimeSpan ShortDelays = TimeSpan.FromMilliseconds(100);

    private int underway;

    /// <param name="progress">Called from time to time with the number of sent messages.</param>
    /// <returns>All messages, after all are acknowledged.</returns>
    public async Task<IReadOnlyList<SentMessage>> SendAsync(IEnumerable<Draft> drafts, Action<int> progress, CancellationToken cancellation)
    {
        var sending = new List<Task<SentMessage>>();
        foreach (var block in drafts.Chunk(SendersAtOnce))
        {
            var phones = await environment.AddSendersAsync(block.Length);
            foreach (var (draft, phone) in block.Zip(phones))
            {
                // Only every 20th time, because counting unfinished jobs costs more than a message.
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
