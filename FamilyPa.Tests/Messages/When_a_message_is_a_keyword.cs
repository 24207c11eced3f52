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
    public void Carriers_words_count_on_SMS_alone(string body) =>
        Assert.Equal((Keyword.Stop, Keyword.None), (Keywords.Read(body, null, isWhatsApp: false), Keywords.Read(body, null, isWhatsApp: true)));

    [Fact]
    public void What_Twilio_recognised_counts_whatever_the_text() => Assert.Equal(Keyword.Start, Keywords.Read("yes", "START", isWhatsApp: false));

    [Theory]
    [InlineData("YES", true)]
    [InlineData("Ja, bitte", true)]
    [InlineData("oui", true)]
    [InlineData("ok", true)]
    [InlineData("no, thanks", false)]
    [InlineData("Nein", false)]
    [InlineData("yes, on Friday", null)]
    [InlineData("start", null)]
    public void A_plain_yes_or_no_is_known_in_every_language(string body, bool? yes) => Assert.Equal(yes, Keywords.Answer(body));
}
