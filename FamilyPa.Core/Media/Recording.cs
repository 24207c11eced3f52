namespace FamilyPa.Core.Media;

/// <summary>What a container tells of the recording in it.</summary>
/// <param name="Seconds">Null where it does not tell.</param>
/// <param name="Reason">Why it cannot be worked on; null for a recording that can.</param>
internal readonly record struct Recording(double? Seconds, string? Reason = null)
{
    public static readonly Recording Unreadable = new(null, MediaReason.Unreadable);
    public static readonly Recording Video = new(null, MediaReason.Video);
    public static readonly Recording UnknownCodec = new(null, MediaReason.Audio);

    /// <summary>A length is a number and not negative, even if the container says otherwise.</summary>
    public static Recording Of(double? seconds) => new(seconds is { } told && double.IsFinite(told) && told >= 0 ? told : null);
}
