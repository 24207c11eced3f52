using FamilyPa.Core.Twilio;

namespace FamilyPa.Tests.Messages;

public class When_a_message_is_a_keyword
{
    [Theory]
    [InlineData("STOP", Keyword.Stop)]
    [InlineData(" stop. ", Keyword.Stop)]
    [InlineData("Unsubscribe", Keyword.Stop)]
    [InlineData("cancel", Keyword.Stop)]
    [InlineData("START", Keyword.Start)]
    [InlineData("unstop", Keyword.Start)]
    [InlineData("help", Keyword.Help)]
    [InlineData("stop by the shop", Keyword.None)]
    [InlineData("help grandma move", Keyword.None)]
    [InlineData("yes", Keyword.None)]
    [InlineData("", Keyword.None)]
    public void Only_the_whole_message_counts(string body, Keyword keyword) => Assert.Equal(keyword, Keywords.Read(body, null));

    [Fact]
    public void What_Twilio_recognised_counts_whatever_the_text() => Assert.Equal(Keyword.Start, Keywords.Read("yes", "START"));
}
