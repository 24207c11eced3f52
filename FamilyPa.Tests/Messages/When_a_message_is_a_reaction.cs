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
    [InlineData("Gostou de “Reminder: Take out the bins”", true)]
    [InlineData("Ha messo Mi piace a «Reminder: Take out the bins»", true)]
    [InlineData("Vond “Reminder: Take out the bins” leuk", true)]
    [InlineData("“Reminder: Take out the bins” ifadesini beğendi", true)]
    [InlineData("Hat „Reminder: Take out the bins“ mit „Gefällt mir“ markiert", true)]
    [InlineData("Reagiu com 👍 a “Reminder: Take out the bins”", true)]
    [InlineData("Ha reagito con ✅ a “Reminder: Take out the bins”", true)]
    [InlineData("Reageerde met 👍🏻 op “Reminder: Take out the bins”", true)]
    [InlineData("“Reminder: Take out the bins” iletisine 👍 ifadesini bıraktı", true)]
    [InlineData("✓ to “Reminder: Take out the bins”", true)]
    [InlineData("Amou “Reminder: Take out the bins”", false)]
    [InlineData("Riu de “Reminder: Take out the bins”", false)]
    [InlineData("Ha adorato “Reminder: Take out the bins”", false)]
    [InlineData("Non piace “Reminder: Take out the bins”", false)]
    [InlineData("Lachte om “Reminder: Take out the bins”", false)]
    [InlineData("“Reminder: Take out the bins” ifadesine güldü", false)]
    [InlineData("“Reminder: Take out the bins” ifadesini çok sevdi", false)]
    [InlineData("Removeu um coração de “Reminder: Take out the bins”", false)]
    [InlineData("Ha reagito con 😂 a “Reminder: Take out the bins”", false)]
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
    [InlineData("A aimé une image")]
    [InlineData("Gefällt ein Bild")]
    [InlineData("Le gustó una imagen")]
    [InlineData("Gostou de uma imagem")]
    [InlineData("Ha messo Mi piace a un’immagine")]
    [InlineData("Vond een afbeelding leuk")]
    [InlineData("bir görüntüyü beğendi")]
    [InlineData("Liebt ein Video")]
    public void One_to_a_picture_means_nothing(string body) => Assert.False(Reaction.Read(body, null, isSms: true)?.Completes);

    [Theory]
    [InlineData("liked the dentist, book him again")]
    [InlineData("Loved ones' birthdays: write them down")]
    [InlineData("reacted badly to milk, call the doctor")]
    [InlineData("buy \"The Hobbit\"")]
    [InlineData("\"The Hobbit\" lezen, leuk")]
    [InlineData("Piace il gelato a Ben: comprarlo")]
    [InlineData("Gefällt Ben das Fahrrad? Fragen")]
    [InlineData("adora ballare, iscrivere Mia")]
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
    [InlineData("I’m driving with Focus turned on. I’ll see your message when I get where I’m going.", true)]
    [InlineData("I'm driving right now, will call you later", true)]
    [InlineData("I'm driving Tom to football on Saturday and will need snacks", false)]
    [InlineData("I’m driving to grandma on Sunday and I’ll need someone to feed the cat", false)]
    [InlineData("I'm out of the office on Friday and will need a babysitter", false)]
    [InlineData("Your parcel arrives tomorrow. Do not reply to this text.", false)]
    [InlineData("School trip Friday, bring 5€. Please do not reply to this message", false)]
    [InlineData("Zahnarzt Dienstag 9 Uhr. Bitte antworten Sie nicht auf diese SMS.", false)]
    [InlineData("Resposta automática: estou ausente", true)]
    [InlineData("RISPOSTA AUTOMATICA – sono in ferie", true)]
    [InlineData("Automatisch antwoord: ik ben er maandag weer", true)]
    [InlineData("Otomatik yanıt: ofiste değilim", true)]
    [InlineData("OTOMATİK YANIT: ofiste değilim", true)]
    [InlineData("Bu otomatik bir mesajdır.", true)]
    [InlineData("Esta é uma mensagem automática. Respondo na segunda.", true)]
    [InlineData("Questo è un messaggio automatico", true)]
    [InlineData("Dit is een automatisch bericht.", true)]
    [InlineData("Merci pour votre message. Je suis en congés jusqu'à lundi.", true)]
    [InlineData("Sto guidando, ti rispondo dopo", true)]
    [InlineData("Messaggio automatico per la nonna: configurarlo", false)]
    [InlineData("Sto guidando io sabato, comprare la benzina", false)]
    [InlineData("Abwesenheitsnotiz: Ich bin bis Montag nicht im Büro.", true)]
    [InlineData("Respuesta automática: vuelvo el lunes", true)]
    [InlineData("Réponse automatique : je suis absent", true)]
    [InlineData("I'm out of the office on Friday, remind me to set an automatic reply", false)]
    [InlineData("write an automatic reply", false)]
    public void What_a_machine_answers_is_recognised(string body, bool isAutomatic) => Assert.Equal(isAutomatic, AutomaticText.Is(body));

    [Theory]
    [InlineData("Automatic reply: school is closed on Friday", "whatsapp:+447700900123")]
    [InlineData("Dies ist eine automatische Nachricht: Elternabend am Montag", "whatsapp:+447700900123")]
    public void What_is_forwarded_is_a_persons_message(string body, string from)
    {
        Assert.Equal("automatic", Of(("Body", body), ("From", from)).Reason);
        Assert.Null(Of(("Body", body), ("From", from), ("Forwarded", "true")).Reason);
    }

    private static InboundMessage Of(params (string Field, string Value)[] form) => new(form.ToDictionary(field => field.Field, field => field.Value), default, null);
}
