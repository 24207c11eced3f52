using System.Text;
using FamilyPa.Core.Queues;

namespace FamilyPa.Tests.Queues;

public class When_a_queue_message_is_read
{
    private const string Sid = "SM0123456789abcdef0123456789abcdef";

    [Fact]
    public void What_the_app_sends_reads_back()
    {
        var sent = new JobMessage(Sid, 3);

        Assert.Equal("""{"messageSid":"SM0123456789abcdef0123456789abcdef","generation":3}""", sent.ToJson());
        Assert.Equal(sent, JobMessage.TryParse(sent.ToJson()));
    }

    [Theory]
    [InlineData(Sid)]
    [InlineData("  " + Sid + "\r\n")]
    [InlineData("\"" + Sid + "\"")]
    [InlineData("{\"messageSid\":\"" + Sid + "\"}")]
    public void What_a_person_pastes_means_the_job_as_it_stands(string body)
    {
        Assert.Equal(new JobMessage(Sid, null), JobMessage.TryParse(body));
        Assert.Equal(new JobMessage(Sid, null), JobMessage.TryParse(Base64(body)));
    }

    [Fact]
    public void The_portals_Base64_of_JSON_keeps_the_generation() =>
        Assert.Equal(new JobMessage(Sid, 2), JobMessage.TryParse(Base64(new JobMessage(Sid, 2).ToJson())));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("{\"messageSid\":42}")]
    [InlineData("{\"messageSid\":null}")]
    [InlineData("{\"messageSid\":\"'; drop table tasks; --\"}")]
    [InlineData("{\"messageSid\":\"SM1\",\"generation\":\"x\"}")]
    [InlineData("[]")]
    [InlineData("////")]
    [InlineData("{\"messageSid\"")]
    public void Rubbish_is_nothing_and_throws_nothing(string body)
    {
        Assert.Null(JobMessage.TryParse(body));
        Assert.Null(JobMessage.TryParse(Base64(body)));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
