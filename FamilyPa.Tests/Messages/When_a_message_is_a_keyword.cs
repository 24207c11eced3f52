using FamilyPa.Core.Chat;

namespace FamilyPa.Tests.Messages;

public class When_a_message_is_a_keyword
{
    [Theory]
    [InlineData("STOP", Keyword.Stop)]
    [InlineData(" stop. ", Keyword.Stop)]
    [InlineData("Unsubscribe", Keyword.Stop)]
    [InlineData("Stop. Thank you", Keyword.Stop)]
    [InlineData("please stop!!", Keyword.Stop)]
    [InlineData("opt out", Keyword.Stop)]
    [InlineData("opt-out", Keyword.Stop)]
    [InlineData("Stop 🛑", Keyword.Stop)]
    [InlineData("Stopp", Keyword.Stop)]
    [InlineData("ARRÊT", Keyword.Stop)]
    [InlineData("arret svp", Keyword.Stop)]
    [InlineData("baja", Keyword.Stop)]
    [InlineData("STOP STOP", Keyword.Stop)]
    [InlineData("stop, stop, stop!", Keyword.Stop)]
    [InlineData("Stop sending me messages", Keyword.Stop)]
    [InlineData("please stop sending messages", Keyword.Stop)]
    [InlineData("No more texts.", Keyword.Stop)]
    [InlineData("Hör auf!", Keyword.Stop)]
    [InlineData("Hör bitte auf", Keyword.Stop)]
    [InlineData("DETENER", Keyword.Stop)]
    [InlineData("¡Basta!", Keyword.Stop)]
    [InlineData("Ne m'écrivez plus", Keyword.Stop)]
    [InlineData("não me mande mais mensagens", Keyword.Stop)]
    [InlineData("Smettila", Keyword.Stop)]
    [InlineData("hou op", Keyword.Stop)]
    [InlineData("artık mesaj atma", Keyword.Stop)]
    [InlineData("ok cancel", Keyword.None)]
    [InlineData("Cancel, thanks", Keyword.None)]
    [InlineData("End please", Keyword.None)]
    [InlineData("stop sending Ben to football", Keyword.None)]
    [InlineData("basta pasta", Keyword.None)]
    [InlineData("START", Keyword.Start)]
    [InlineData("unstop", Keyword.Start)]
    [InlineData("help", Keyword.Help)]
    [InlineData("Help please", Keyword.Help)]
    [InlineData("stop by the shop", Keyword.None)]
    [InlineData("stop the newspaper", Keyword.None)]
    [InlineData("cancel the dentist", Keyword.None)]
    [InlineData("help grandma move", Keyword.None)]
    [InlineData("yes", Keyword.None)]
    [InlineData("thanks", Keyword.None)]
    [InlineData("", Keyword.None)]
    public void Only_the_whole_message_counts_on_every_channel(string body, Keyword keyword) =>
        Assert.Equal((keyword, keyword), (Keywords.Read(body, null, isWhatsApp: false), Keywords.Read(body, null, isWhatsApp: true)));

    [Theory]
    [InlineData("cancel")]
    [InlineData("End")]
    [InlineData("quit")]
    [InlineData("STOPALL")]
    [InlineData("revoke")]
    [InlineData("Cancel.")]
    public void Carriers_words_count_on_SMS_alone(string body) =>
        Assert.Equal((Keyword.Stop, Keyword.None), (Keywords.Read(body, null, isWhatsApp: false), Keywords.Read(body, null, isWhatsApp: true)));

    [Fact]
    public void What_Twilio_recognised_counts_whatever_the_text() => Assert.Equal(Keyword.Start, Keywords.Read("yes", "START", isWhatsApp: false));

    [Theory]
    [InlineData("YES", true)]
    [InlineData("Yes please", true)]
    [InlineData("Ja", true)]
    [InlineData("¡Sí!", true)]
    [InlineData("oui, merci", true)]
    [InlineData("sim", true)]
    [InlineData("EVET", true)]
    [InlineData("ok", false)]
    [InlineData("okay", false)]
    [InlineData("Sure", false)]
    [InlineData("klar", false)]
    [InlineData("vale", false)]
    [InlineData("Claro", false)]
    [InlineData("va bene", false)]
    [InlineData("tabii", false)]
    [InlineData("prima", false)]
    [InlineData("yes, on Friday", false)]
    public void Only_the_word_yes_joins_again(string body, bool joins) => Assert.Equal(joins, Keywords.JoinsAgain(body));

    [Theory]
    [InlineData("STOP", false, true)]
    [InlineData(" help ", false, true)]
    [InlineData("Info", false, true)]
    [InlineData("start", false, true)]
    [InlineData("help please", false, false)]
    [InlineData("Stopp", false, false)]
    [InlineData("baja", false, false)]
    [InlineData("opt out", false, false)]
    [InlineData("please stop", false, false)]
    [InlineData("baja", true, true)]
    public void Twilio_answers_its_own_words_and_what_it_recognised_on_SMS_alone(string body, bool isRecognised, bool answers)
    {
        Assert.Equal(answers, Keywords.IsAnsweredByTwilio("keyword_stop", body, "+447700900123", isRecognised));
        Assert.False(Keywords.IsAnsweredByTwilio("keyword_stop", body, "whatsapp:+447700900123", isRecognised));
    }

    [Theory]
    [InlineData("YES", true)]
    [InlineData("Ja, bitte", true)]
    [InlineData("oui", true)]
    [InlineData("ok", true)]
    [InlineData("no, thanks", false)]
    [InlineData("Nein", false)]
    [InlineData("Yes, go ahead!", true)]
    [InlineData("Ja, mach das", true)]
    [InlineData("¡Hazlo!", true)]
    [InlineData("Vas-y", true)]
    [InlineData("cancel", false)]
    [InlineData("Vergiss es", false)]
    [InlineData("olvídalo", false)]
    [InlineData("Laisse tomber", false)]
    [InlineData("forget the milk", null)]
    [InlineData("yes, on Friday", null)]
    [InlineData("start", null)]
    public void A_plain_yes_or_no_is_known_in_every_language(string body, bool? yes) => Assert.Equal(yes, Keywords.Answer(body));
}
