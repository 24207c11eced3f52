namespace FamilyPa.Core.Chat;

/// <summary>What a message is, by its words alone. It is decided once, when the message is stored.</summary>
public static class MessageClassification
{
    /// <summary>Neither a keyword nor a command: a model has to understand it.</summary>
    public const string Ordinary = "ordinary";

    /// <param name="optOutType">The keyword that Twilio recognised.</param>
    /// <returns><c>keyword_…</c>, <c>command_…</c> or <see cref="Ordinary"/>.</returns>
    public static string Of(string body, string? optOutType, bool isWhatsApp, int mediaCount) =>
        Keywords.Read(body, optOutType, isWhatsApp).Reason()
        // With an attachment the words of a command are its caption.
        ?? (mediaCount > 0 ? null : CommandReader.Read(body)?.Reason)
        ?? Ordinary;
}
