namespace FamilyPa.Core.Settings;

/// <summary>Sign-in of members (<c>SignIn__…</c>). Operators rarely need to change the defaults.</summary>
public sealed class SignInSettings
{
    /// <summary>How long a sign-in code is valid.</summary>
    public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a sign-in link is valid.</summary>
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromMinutes(15);

    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Wrong entries after which a code becomes invalid.</summary>
    public int TriesPerCode { get; set; } = 5;

    /// <summary>Sign-in codes per phone number, from all client addresses together.</summary>
    public int CodesPerMinutePerPhone { get; set; } = 1;

    /// <inheritdoc cref="CodesPerMinutePerPhone"/>
    public int CodesPerHourPerPhone { get; set; } = 5;

    /// <inheritdoc cref="CodesPerMinutePerPhone"/>
    /// <remarks>Together with <see cref="TriesPerCode"/> it limits guessing: 50 of a million codes per day and member.</remarks>
    public int CodesPerDayPerPhone { get; set; } = 10;

    /// <summary>Code requests per client address. A household may share one address.</summary>
    public int CodesPerHourPerAddress { get; set; } = 60;

    /// <summary>Codes for all phone numbers together; it limits the cost of a flood of requests.</summary>
    public int CodesPerHour { get; set; } = 300;

    /// <summary>Entered codes and links per client address in ten minutes.</summary>
    public int TriesPerAddress { get; set; } = 200;
}
