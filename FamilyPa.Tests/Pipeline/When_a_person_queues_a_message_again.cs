using System.Text;
using FamilyPa.Simulators.Faults;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Pipeline;

public sealed class When_a_person_queues_a_message_again(FastApp app) : AppTest<FastApp>(app)
{
    [Theory]
    [InlineData("{0}", false)]
    [InlineData("{0}", true)]
    [InlineData("{{\"messageSid\":\"{0}\"}}", false)]
    [InlineData("{{\"messageSid\":\"{0}\",\"generation\":0}}", true)]
    public async Task A_failed_one_goes_on_where_it_failed(string format, bool base64)
    {
        var words = $"buy milk {Guid.NewGuid():N}";
        var broken = App.OpenAI.Faults.Add(Fault.Status("chat", 500).OnlyFor(words));
        var sid = await App.TextAsync(words);
        await App.WaitForJobAsync(sid, "failed");
        broken.Dispose();

        var body = string.Format(null, format, sid);
        await App.Storage.Queue("extract").SendMessageAsync(base64 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(body)) : body, Cancellation);

        await App.WaitForJobAsync(sid, "done");
        Assert.Equal(1, await App.CountAsync("tasks", sid));
    }

    [Theory]
    [InlineData("extract")]
    [InlineData("finalize")]
    [InlineData("download")]
    public async Task A_done_one_stays_as_it_is(string queue)
    {
        var sid = await App.TextAsync("buy bread");
        await App.WaitForJobAsync(sid, "done");
        var attempts = (await App.AttemptsAsync(sid)).Count;

        await App.Storage.Queue(queue).SendMessageAsync(sid, Cancellation);
        await App.WaitForAsync(
            async () => (await App.Storage.Queue(queue).GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount, count => count == 0, "the message to be read");

        Assert.Equal(attempts, (await App.AttemptsAsync(sid)).Count);
        Assert.Equal(1, await App.CountAsync("tasks", sid));
        Assert.Equal(1, await App.CountAsync("outbound_messages", sid));
    }

    [Theory]
    [InlineData("this is no message", "unreadable")]
    [InlineData("{\"messageSid\":42}", "unreadable")]
    [InlineData("SM00000000000000000000000000000bad", "unknown_message")]
    public async Task What_cannot_be_worked_on_is_kept_with_its_cause(string body, string cause)
    {
        await App.Storage.Queue("extract").SendMessageAsync(body, Cancellation);

        var kept = await App.WaitForAsync(
            () => App.Database.RowsAsync("select queue, cause from poison_messages where body = $1", body), rows => rows.Count > 0, "the poison row");
        Assert.Equal(("extract", cause), (kept[0]["queue"], kept[0]["cause"]));
    }
}
