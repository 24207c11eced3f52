using FamilyPa.Core.Twilio;

namespace FamilyPa.Core.Chat;

/// <summary>What a message is, by its words alone. It is decided once, when the message is stored.</summary>
public static class MessageClassification
{
    /// <summary>None of the others: a model has to understand it.</summary>
    public const string Ordinary = "ordinary";

    /// <param name="optOutType">The keyword that Twilio recognised.</param>
    /// <param name="messageType">Twilio's type, on WhatsApp only.</param>
    /// <param name="isForwarded">Somebody else's words, passed on.</param>
    /// <returns><c>keyword_…</c>, <c>command_…</c>, <see cref="Reaction.Reason"/>, <see cref="AutomaticText.Reason"/> or <see cref="Ordinary"/>.</returns>
    public static string Of(string body, string? optOutType, string? messageType, string from, int mediaCount, bool isForwarded) =>
        (Reaction.Read(body, messageType, Address.IsSms(from)) is null ? null : Reaction.Reason)
        ?? Keywords.Read(body, optOutType, Address.IsWhatsApp(from)).Reason()
        // With an attachment the words of a command are its caption.
        ?? (mediaCount > 0 ? null : CommandReader.Read(body)?.Reason)
        ?? (!isForwarded && AutomaticText.Is(body) ? AutomaticText.Reason : null)
        ?? Ordinary;

    /// <summary>Whether a message with this reason was worked on, and not rejected.</summary>
    public static bool IsWorkedOn(string reason) =>
        Keywords.IsReason(reason) || Command.IsReason(reason) || reason is Reaction.Reason or AutomaticText.Reason or AutomaticText.Repeating or AutomaticText.Repeated;
}
