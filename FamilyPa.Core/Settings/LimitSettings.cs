namespace FamilyPa.Core.Settings;

/// <summary>Limits that protect against abuse and runaway cost (<c>Limits__…</c>).</summary>
public sealed class LimitSettings
{
    /// <summary>Messages of one sender per clock minute. The limit for STOP, START and HELP is ten times as high.</summary>
    public int SenderPerMinute { get; set; } = 10;

    /// <summary>Messages of all senders per UTC hour, and per UTC day.</summary>
    public int GlobalPerHour { get; set; } = 2000;

    /// <inheritdoc cref="GlobalPerHour"/>
    public int GlobalPerDay { get; set; } = 10_000;

    /// <summary>The most of the global limits that one family may use, in percent: messages per hour and per day, AI budget, sign-in codes.</summary>
    public int FamilySharePercent { get; set; } = 25;

    /// <summary>Messages of all senders in no family per UTC day. The app neither stores nor answers more.</summary>
    public int StrangersPerDay { get; set; } = 1000;

    /// <summary>
    /// How often in two minutes a member may send the same text and nothing else, or five times that in a day. More come from a machine: one is told so,
    /// the others get no answer. The two minutes do not apply to a question.
    /// </summary>
    public int SameTextsInARow { get; set; } = 5;

    /// <summary>Invitations sent per UTC day for one member, for one family, and for all families.</summary>
    public int InvitationsPerMemberPerDay { get; set; } = 20;

    /// <inheritdoc cref="InvitationsPerMemberPerDay"/>
    public int InvitationsPerFamilyPerDay { get; set; } = 20;

    /// <inheritdoc cref="InvitationsPerMemberPerDay"/>
    public int InvitationsPerDay { get; set; } = 500;

    /// <summary>How long a number that was sent an invitation gets no other, from whichever family.</summary>
    public TimeSpan InvitationPause { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Members that one family's members may add per UTC day, also when they remove them again.</summary>
    public int AdditionsPerFamilyPerDay { get; set; } = 100;

    /// <summary>Rejected webhooks per minute and client address. Above it the app answers 429 without a database query.</summary>
    public int VerificationFailuresPerMinutePerAddress { get; set; } = 20;

    /// <summary>The largest recording that transcription models accept (25 MiB), in megabytes (1,000,000 bytes).</summary>
    public const int LargestMediaMegabytes = 26;

    /// <summary>Maximum size of an attachment in megabytes, at most <see cref="LargestMediaMegabytes"/>; the app rejects larger ones.</summary>
    public int MaxMediaMegabytes { get; set; } = 25;

    /// <summary>The longest recording that every transcription model accepts (1,400 s).</summary>
    public const double LongestAudioMinutes = 1400 / 60.0;

    /// <summary>Maximum total length of all recordings of a message, at most <see cref="LongestAudioMinutes"/>; the app rejects longer ones.</summary>
    public double MaxAudioMinutes { get; set; } = 10;

    /// <summary>The largest picture that fits into an instance's memory, in megapixels; phones take up to 50.</summary>
    public const int LargestPictureMegapixels = 64;

    /// <summary>Maximum size of a picture in megapixels, at most <see cref="LargestPictureMegapixels"/>; the app rejects larger ones by their header.</summary>
    public int MaxPictureMegapixels { get; set; } = 50;

    /// <summary>Maximum number of pictures of a message; the app leaves out the others. Twilio sends at most 10.</summary>
    public int MaxPictures { get; set; } = 10;

    /// <summary>Maximum number of concurrent transcriptions and extractions over all instances.</summary>
    public int MaxConcurrentJobs { get; set; } = 8;

    /// <summary>AI budget of a family per day in its time zone. A family may have a budget of its own instead.</summary>
    public decimal DailyCostPerFamilyUsd { get; set; } = 10;

    /// <summary>AI budget of all families together per UTC day.</summary>
    public decimal DailyCostGlobalUsd { get; set; } = 100;

    /// <summary>Consecutive failures, from at least half as many messages, that open a service's circuit breaker.</summary>
    public int BreakerFailures { get; set; } = 10;

    /// <summary>How long a breaker stays open. The time doubles with each failed probe, up to <see cref="BreakerOpenMost"/>.</summary>
    public TimeSpan BreakerOpen { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc cref="BreakerOpen"/>
    public TimeSpan BreakerOpenMost { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Consecutive failed messages of one sender after which the app pauses AI calls for this sender for <see cref="SenderPause"/>.</summary>
    public int SenderFailures { get; set; } = 5;

    /// <inheritdoc cref="SenderFailures"/>
    public TimeSpan SenderPause { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The app fails a deferred message after this time and notifies its sender.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(7);

    /// <summary>AI budget per day of a family without a budget of its own: <see cref="DailyCostPerFamilyUsd"/>, but not more than its share.</summary>
    public decimal DefaultFamilyBudgetUsd => Math.Min(DailyCostPerFamilyUsd, DailyCostGlobalUsd * FamilySharePercent / 100);

    internal bool IsValid() =>
        SenderPerMinute > 0 && GlobalPerHour > 0 && GlobalPerDay > 0 && VerificationFailuresPerMinutePerAddress > 0
        && FamilySharePercent is > 0 and <= 100 && StrangersPerDay >= 0 && SameTextsInARow > 0 && InvitationsPerMemberPerDay >= 0 && InvitationsPerFamilyPerDay >= 0
        && InvitationsPerDay >= 0 && InvitationPause >= TimeSpan.Zero && AdditionsPerFamilyPerDay >= 0
        && MaxMediaMegabytes is > 0 and <= LargestMediaMegabytes && MaxAudioMinutes is > 0 and <= LongestAudioMinutes
        && MaxPictureMegapixels is > 0 and <= LargestPictureMegapixels && MaxPictures > 0 && MaxConcurrentJobs is > 0 and <= 1000
        && DailyCostPerFamilyUsd >= 0 && DailyCostGlobalUsd >= 0 && BreakerFailures > 0 && BreakerOpen > TimeSpan.Zero
        && BreakerOpenMost >= BreakerOpen && SenderFailures > 0 && SenderPause > TimeSpan.Zero && GiveUpAfter > TimeSpan.Zero;
}
