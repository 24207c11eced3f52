using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Simulators;

/// <summary>Ann writes on Sunday, 22 November 2026, 20:10, in London. The family: Ann, Ben, Zoë Smith.</summary>
public class When_a_sentence_is_typed(KeylessModel model)
{
    [Theory]
    [InlineData("buy milk tomorrow", "Buy milk | 2026-11-23 | - | shopping")]
    [InlineData("Please can you pick up Ben from school tomorrow at 3:30", "Pick up Ben from school | 2026-11-23T15:30 | - | school")]
    [InlineData("pay 20 pounds to the school for the trip on 3/12", "Pay 20 pounds to the school for the trip | 2026-12-03 | - | finance")]
    [InlineData("Feed cat at 8am and 6pm", "Feed cat at 8am and 6pm | 2026-11-23T08:00 | - | household")]
    [InlineData("Order pizza for tonight", "Order pizza | 2026-11-22 | - | shopping")]
    [InlineData("water the orchids next Saturday", "Water the orchids | 2026-11-28 | - | household")]
    [InlineData("buy sun cream", "Buy sun cream | - | - | shopping")]
    [InlineData("BUY MILK!!!", "BUY MILK | - | - | shopping")]
    [InlineData("Dentist Tuesday 3pm", "Dentist | 2026-11-24T15:00 | - | health")]
    public async Task It_becomes_one_task(string sentence, string task) =>
        Assert.Equal(task, (await model.AskAsync(sentence)).Board);

    [Theory]
    [InlineData("Ben should take out the bins", "Take out the bins | - | Ben | household")]
    [InlineData("Hi Ben, can you take out the bins?", "Take out the bins | - | Ben | household")]
    [InlineData("Can Ben walk the dog tonight?", "Walk the dog | 2026-11-22 | Ben | household")]
    [InlineData("ask Ben to feed the dog", "Feed the dog | - | Ben | household")]
    [InlineData("Zoë must practise piano at 5", "Practise piano | 2026-11-23T17:00 | Zoë Smith | other")]
    [InlineData("remind me to call the dentist on Monday at 9am", "Call the dentist | 2026-11-23T09:00 | Ann | health")]
    [InlineData("call Ben", "Call Ben | - | - | other")]
    [InlineData("Ben and Zoë should paint the fence", "Paint the fence | - | Ben, Zoë Smith | other")]
    [InlineData("Ben, Zoë and Ann have to wash the car on Friday", "Wash the car | 2026-11-27 | Ben, Zoë Smith, Ann | household")]
    [InlineData("paint the fence for Ben and Zoë", "Paint the fence | - | Ben, Zoë Smith | other")]
    [InlineData("buy a present for Ben", "Buy a present for Ben | - | - | shopping")]
    public async Task The_named_member_is_the_assignee(string sentence, string task) =>
        Assert.Equal(task, (await model.AskAsync(sentence)).Board);

    [Fact]
    public async Task A_time_alone_is_the_next_such_time()
    {
        Assert.Equal("Call mum | 2026-11-22T21:00 | - | family", (await model.AskAsync("call mum at 9pm")).Board);
        Assert.Equal("Call mum | 2026-11-23T17:00 | - | family", (await model.AskAsync("call mum at 5")).Board);
        Assert.Equal("Call mum | 2026-11-22T17:00 | - | family", (await model.AskAsync("call mum at 5", now: "2026-11-22T10:00:00")).Board);
    }

    [Fact]
    public async Task A_date_has_the_order_of_the_familys_locale()
    {
        Assert.Equal("Pay rent | 2026-12-03 | - | finance", (await model.AskAsync("pay rent on 3/12")).Board);
        Assert.Equal("Pay rent | 2027-03-12 | - | finance", (await model.AskAsync("pay rent on 3/12", locale: "en-US")).Board);
    }
}
