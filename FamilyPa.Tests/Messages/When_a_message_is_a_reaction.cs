using FamilyPa.Core.Chat;
using FamilyPa.Core.Ingestion;

namespace FamilyPa.Tests.Messages;

public class When_a_message_is_a_reaction
{
    [Theory]
    [InlineData("Liked “Reminder: Take out the bins”", true)]
    [InlineData("Liked \"Reminder: Take out the bins\"", true)]
    [InlineData("Reacted 👍 to “Reminder: Take out the bins”", true)]
    [InlineData("Reacted 👍🏽 to “Reminder: Take…”", true)]
    [InlineData("\u200a\u200b✅\u200b to “\u200aReminder: Take out the bins\u200a”\u200a", true)]
    [InlineData("Gefällt „Reminder: Take out the bins“", true)]
    [InlineData("Le gustó “Reminder: Take out the bins”", true)]
    [InlineData("A aimé « Reminder: Take out the bins »", true)]
    [InlineData("Loved “Reminder: Take out the bins”", false)]
    [InlineData("Disliked “Reminder: Take out the bins”", false)]
    [InlineData("Laughed at “Reminder: Take out the bins”", false)]
    [InlineData("Emphasized “Reminder: Take out the bins”", false)]
    [InlineData("Questioned “Reminder: Take out the bins”", false)]
    [InlineData("Reacted 😂 to “Reminder: Take out the bins”", false)]
    [InlineData("Removed a like from “Reminder: Take out the bins”", false)]
    [InlineData("Removed an exclamation from “Reminder: Take out the bins”", false)]
    [InlineData("Removed 👍 from “Reminder: Take out the bins”", false)]
    [InlineData("Liebt „Reminder: Take out the bins“", false)]
    [InlineData("Le encantó “Reminder: Take out the bins”", false)]
    [InlineData("A adoré « Reminder: Take out the bins »", false)]
    public void A_phone_that_reacts_by_SMS_is_understood(string body, bool completes)
    {
        var reaction = Reaction.Read(body, null, isSms: true);

        Assert.Equal(completes, reaction?.Completes);
        Assert.True(reaction!.Quotes("Reminder: Take out the bins"));
        Assert.False(reaction.Quotes("Reminder: Call grandma"));
    }

    [Theory]
    [InlineData("Liked an image")]
    [InlineData("Removed a heart from an image")]
    public void One_to_a_picture_means_nothing(string body) => Assert.False(Reaction.Read(body, null, isSms: true)?.Completes);

    [Theory]
    [InlineData("liked the dentist, book him again")]
    [InlineData("Loved ones' birthdays: write them down")]
    [InlineData("reacted badly to milk, call the doctor")]
    [InlineData("buy \"The Hobbit\"")]
    public void A_message_that_begins_alike_is_none(string body) => Assert.Null(Reaction.Read(body, null, isSms: true));

    [Theory]
    [InlineData("👍", "reaction")]
    [InlineData("❤️", "reaction")]
    [InlineData("", "reaction")]
    public void WhatsApp_says_that_it_is_one(string body, string reason) => Assert.Equal(reason, Of(("Body", body), ("MessageType", "reaction"), ("From", "whatsapp:+447700900123")).Reason);

    [Theory]
    [InlineData("ButtonText", "Done")]
    [InlineData("ButtonPayload", "done")]
    [InlineData("ListTitle", "done 2")]
    [InlineData("ListId", "done 2")]
    public void A_tapped_button_or_entry_is_what_it_says(string field, string text)
    {
        var message = Of((field, text), ("MessageType", "button"), ("From", "whatsapp:+447700900123"));

        Assert.Equal((text, "command_done"), (message.Body, message.Reason));
    }

    [Fact]
    public void What_Twilio_passes_nothing_on_of_is_unsupported()
    {
        Assert.Equal("unsupported_message", Of(("Body", ""), ("MessageType", "unsupported"), ("From", "whatsapp:+447700900123")).Reason);
        Assert.Null(Of(("Body", "buy milk"), ("MessageType", "unsupported"), ("From", "whatsapp:+447700900123")).Reason);
    }

    [Theory]
    [InlineData("Automatic reply: I am out of the office until Monday.", true)]
    [InlineData("I am currently out of the office and will answer on Monday.", true)]
    [InlineData("This is an automated message. Please do not reply to this message.", true)]
    [InlineData("Your parcel arrives tomorrow. Do not reply to this text.", true)]
    [InlineData("Abwesenheitsnotiz: Ich bin bis Montag nicht im Büro.", true)]
    [InlineData("Ihr Paket kommt. Bitte antworten Sie nicht auf diese SMS.", true)]
    [InlineData("Respuesta automática: vuelvo el lunes", true)]
    [InlineData("Réponse automatique : je suis absent", true)]
    [InlineData("I'm out of the office on Friday, remind me to set an automatic reply", false)]
    [InlineData("write an automatic reply", false)]
    public void What_a_machine_answers_is_recognised(string body, bool isAutomatic) => Assert.Equal(isAutomatic, AutomaticText.Is(body));

    private static InboundMessage Of(params (string Field, string Value)[] form) => new(form.ToDictionary(field => field.Field, field => field.Value), default, null);
}
