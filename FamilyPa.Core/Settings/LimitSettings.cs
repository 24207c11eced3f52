namespace FamilyPa.Core.Settings;

/// <summary>Limits (<c>Limits__…</c>) that keep abuse from costing more than it is worth, and a bill from running away.</summary>
public sealed class LimitSettings
{
    /// <summary>Messages of one sender in a minute (of the clock). STOP, START and HELP may be ten times as many.</summary>
    public int SenderPerMinute { get; set; } = 10;

    /// <summary>Messages of all senders in an hour, and in a day, of UTC.</summary>
    public int GlobalPerHour { get; set; } = 2000;

    /// <inheritdoc cref="GlobalPerHour"/>
    public int GlobalPerDay { get; set; } = 10_000;

    /// <summary>Past this many refused webhooks a minute an address is answered 429, and only costs memory.</summary>
    public int VerificationFailuresPerMinutePerAddress { get; set; } = 20;

    /// <summary>A larger attachment is refused; in millions of bytes.</summary>
    public int MaxMediaMegabytes { get; set; } = 25;

    /// <summary>Recordings that are longer, all of a message together, are refused.</summary>
    public double MaxAudioMinutes { get; set; } = 10;

    /// <summary>Transcriptions and extractions at once, over all instances.</summary>
    public int MaxConcurrentJobs { get; set; } = 8;

    /// <summary>What AI may cost for one family in a day of its own, where the family has no budget of its own.</summary>
    public decimal DailyCostPerFamilyUsd { get; set; } = 10;

    /// <summary>What AI may cost in a day of UTC, for all families together.</summary>
    public decimal DailyCostGlobalUsd { get; set; } = 100;

    /// <summary>A service that failed so often in a row, for half as many different messages at least, is not asked for a while.</summary>
    public int BreakerFailures { get; set; } = 10;

    /// <summary>For how long at first; twice as long each time it fails again, up to the most.</summary>
    public TimeSpan BreakerOpen { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc cref="BreakerOpen"/>
    public TimeSpan BreakerOpenMost { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A sender of whose messages so many failed in a row is not worked for by AI for a while.</summary>
    public int SenderFailures { get; set; } = 5;

    /// <inheritdoc cref="SenderFailures"/>
    public TimeSpan SenderPause { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>A message that could not be worked on for so long, whatever held it back, is given up and its sender told.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(7);

    internal bool IsValid() =>
        SenderPerMinute > 0 && GlobalPerHour > 0 && GlobalPerDay > 0 && VerificationFailuresPerMinutePerAddress > 0
        && MaxMediaMegabytes > 0 && MaxAudioMinutes > 0 && MaxConcurrentJobs is > 0 and <= 1000
        && DailyCostPerFamilyUsd >= 0 && DailyCostGlobalUsd >= 0 && BreakerFailures > 0 && BreakerOpen > TimeSpan.Zero
        && BreakerOpenMost >= BreakerOpen && SenderFailures > 0 && SenderPause > TimeSpan.Zero && GiveUpAfter > TimeSpan.Zero;
}
