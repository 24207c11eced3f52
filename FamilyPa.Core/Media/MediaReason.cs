using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Media;

/// <summary>Why an attachment is not worked on: those of the job's reasons that the download and transcribe phases give.</summary>
internal static class MediaReason
{
    public const string Image = "unsupported_image";
    /// <summary>It has more pixels than are decoded.</summary>
    public const string ImageTooLarge = "image_too_large";

    /// <summary>The message has more pictures than are read.</summary>
    public const string TooManyImages = "too_many_images";

    public const string Video = "unsupported_video";
    public const string Document = "unsupported_document";
    public const string Contact = "unsupported_contact";

    /// <summary>Sound, in a form that no transcriber we know takes.</summary>
    public const string Audio = "unsupported_audio";

    public const string Unknown = "unsupported_media";
    public const string TooLarge = "media_too_large";
    public const string TooLong = "audio_too_long";
    public const string TooShort = "audio_too_short";
    public const string NoSpeech = "no_speech";
    public const string Empty = "media_empty";
    public const string Unreadable = "media_unreadable";

    /// <summary>Twilio does not have it, or does not give it out.</summary>
    public const string Unavailable = TwilioMedia.Unavailable;

    /// <summary>Its address is not that of an attachment of this message, or redirects away from Twilio.</summary>
    public const string Forbidden = TwilioMedia.Forbidden;
}
