namespace FamilyPa.Core.Settings;

/// <summary>How members sign in (<c>SignIn__…</c>); the defaults are meant to be kept.</summary>
public sealed class SignInSettings
{
    /// <summary>How long a code that was sent is good for.</summary>
    public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a one-tap link is good for.</summary>
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromMinutes(15);

    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Wrong codes after which the right one is worth nothing any more.</summary>
    public int TriesPerCode { get; set; } = 5;

    /// <summary>Codes for one number, by whomever they are asked for.</summary>
    public int CodesPerMinutePerPhone { get; set; } = 1;

    /// <inheritdoc cref="CodesPerMinutePerPhone"/>
    public int CodesPerHourPerPhone { get; set; } = 5;

    /// <inheritdoc cref="CodesPerMinutePerPhone"/>
    /// <remarks>With <see cref="TriesPerCode"/> it bounds what guessing at one member is worth: 50 in a million a day.</remarks>
    public int CodesPerDayPerPhone { get; set; } = 10;

    /// <summary>Codes asked for from one address, which a whole household or more may share.</summary>
    public int CodesPerHourPerAddress { get; set; } = 60;

    /// <summary>Codes sent to all: what a flood of requests can cost.</summary>
    public int CodesPerHour { get; set; } = 300;

    /// <summary>Codes and links entered from one address, in ten minutes.</summary>
    public int TriesPerAddress { get; set; } = 200;
}
