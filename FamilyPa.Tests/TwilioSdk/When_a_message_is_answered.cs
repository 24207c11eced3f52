using System.Xml.Linq;
using Twilio.TwiML;

namespace FamilyPa.Tests.TwilioSdk;

public class When_a_message_is_answered
{
    [Fact]
    public void No_reply_is_an_empty_response() =>
        Assert.Equal(
            """<?xml version="1.0" encoding="utf-8"?><Response></Response>""",
            new MessagingResponse().ToString(SaveOptions.DisableFormatting));

    [Fact]
    public void The_text_is_indented_when_nothing_else_is_asked() =>
        Assert.Equal(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <Response>
              <Message>I heard: milk &amp; bread</Message>
            </Response>
            """.ReplaceLineEndings(),
            new MessagingResponse().Message("I heard: milk & bread").ToString());

    [Fact]
    public void Replies_follow_each_other_with_their_addresses() =>
        Assert.Equal(
            """<?xml version="1.0" encoding="utf-8"?><Response><Message to="+1" from="+2">a</Message><Message></Message></Response>""",
            new MessagingResponse().Message(body: "a", to: "+1", from: "+2").Message().ToString(SaveOptions.DisableFormatting));

    [Fact]
    public void The_same_response_can_be_written_twice()
    {
        var response = new MessagingResponse().Message("a");

        Assert.Equal(response.ToString(), response.ToString());
    }
}
