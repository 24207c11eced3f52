namespace FamilyPa.Core.Media;

/// <summary>An attachment as Twilio announced it.</summary>
/// <param name="Ordinal">From 0: the n of <c>MediaUrl{n}</c>.</param>
/// <param name="Url">From the form, unchecked. It is checked before the download.</param>
/// <param name="DeclaredType">From the form, unchecked.</param>
public sealed record MediaPart(int Ordinal, string Url, string? DeclaredType);

/// <summary>An attachment that the download phase has looked at.</summary>
/// <param name="ContentType">What it is, by its own bytes; null when nothing could be fetched.</param>
/// <param name="BlobName">Where its bytes are; null when they were not kept.</param>
/// <param name="Seconds">How long the recording is, where its container says.</param>
/// <param name="Reason">Why it is not worked on; null for a recording, picture or text that is.</param>
public sealed record MediaFile(int Ordinal, string? ContentType, string? BlobName, double? Seconds, string? Reason)
{
    /// <summary>Whether it is kept as the sender's words: the text of an MMS.</summary>
    public bool IsText => Reason is null && ContentType == MessageText.ContentType;

    /// <summary>Whether it is kept as a picture for the model to read.</summary>
    public bool IsPicture => Reason is null && ContentType?.StartsWith("image/", StringComparison.Ordinal) is true;
}
