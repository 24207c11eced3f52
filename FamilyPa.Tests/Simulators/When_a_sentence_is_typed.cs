namespace FamilyPa.Tests.Simulators;

/// <summary>Ann writes on Sunday, 22 November 2026, 20:10, in London. The family: Ann, Ben, Zoë Smith.</summary>
public class When_a_sentence_is_typed(KeylessModel model)
{
    [Theory]
    [InlineData("buy milk tomorrow", "Buy milk | 2026-11-23 | - | shopping")]
    [InlineData("Please can you pick up Ben from school tomorrow at 3:30", "Pick up Ben from school | 2026-11-23T15:30 | - | school")]
    [InlineData("don't forget Ben's swimming kit tomorrow", "Ben's swimming kit | 2026-11-23 | - | family")]
    [InlineData("Let's go to the zoo next Saturday", "Go to the zoo | 2026-11-28 | - | family")]
    [InlineData("Book a table for four on Saturday at 7pm", "Book a table for four | 2026-11-28T19:00 | - | appointments")]
    [InlineData("Order pizza for tonight", "Order pizza | 2026-11-22 | - | shopping")]
    [InlineData("renew passport in 3 weeks", "Renew passport | 2026-12-13 | - | appointments")]
    [InlineData("return library books by the 5th", "Return library books | 2026-12-05 | - | errands")]
    [InlineData("Take the car to the garage on Tuesday morning", "Take the car to the garage | 2026-11-24 | - | errands")]
    [InlineData("email the school about Ben's absence today", "Email the school about Ben's absence | 2026-11-22 | - | school")]
    [InlineData("pay 20 pounds to the school for the trip on 3/12", "Pay 20 pounds to the school for the trip | 2026-12-03 | - | finance")]
    [InlineData("Schedule a meeting with the accountant next Tuesday at 2pm about taxes",
        "Schedule a meeting with the accountant about taxes | 2026-11-24T14:00 | - | finance")]
    [InlineData("take out bins every Monday", "Take out bins every Monday | 2026-11-23 | - | household")]
    [InlineData("Feed cat at 8am and 6pm", "Feed cat at 8am and 6pm | 2026-11-23T08:00 | - | household")]
    [InlineData("Meet Tom at 12 Baker Street at 5pm", "Meet Tom at 12 Baker Street | 2026-11-23T17:00 | - | other")]
    [InlineData("Clean up after Friday's party", "Clean up after Friday's party | - | - | household")]
    [InlineData("buy sun cream", "Buy sun cream | - | - | shopping")]
    [InlineData("Cancel the dentist appointment", "Cancel the dentist appointment | - | - | health")]
    [InlineData("pls get some oat milk asap", "Get some oat milk | - | - | shopping")]
    [InlineData("BUY MILK!!!", "BUY MILK | - | - | shopping")]
    [InlineData("hi, it would be great to call grandma on Friday", "Call grandma | 2026-11-27 | - | family")]
    public async Task It_becomes_one_task(string sentence, string task) =>
        Assert.Equal(task, (await model.AskAsync(sentence)).Board);

    [Theory]
    [InlineData("Dentist Tuesday 3pm", "Dentist | 2026-11-24T15:00 | - | health")]
    [InlineData("School play is on Friday at 6pm", "School play | 2026-11-27T18:00 | - | school")]
    [InlineData("we have dinner with the Smiths on Saturday at 8pm", "Dinner with the Smiths | 2026-11-28T20:00 | - | family")]
    [InlineData("It's Ben's birthday on Friday", "Ben's birthday | 2026-11-27 | - | family")]
    [InlineData("Football practice 4pm Wednesdays", "Football practice | 2026-11-25T16:00 | - | other")]
    [InlineData("remind us about the parents' evening on Thursday at 18:30", "The parents' evening | 2026-11-26T18:30 | - | family")]
    public async Task An_occasion_with_a_date_is_a_task_too(string sentence, string task) =>
        Assert.Equal(task, (await model.AskAsync(sentence)).Board);

    [Theory]
    [InlineData("Ben should take out the bins", "Take out the bins | - | Ben | household")]
    [InlineData("Hi Ben, can you take out the bins?", "Take out the bins | - | Ben | household")]
    [InlineData("Can Ben walk the dog tonight?", "Walk the dog | 2026-11-22 | Ben | household")]
    [InlineData("Ben take out the bins", "Take out the bins | - | Ben | household")]
    [InlineData("ask Ben to wash the car", "Wash the car | - | Ben | errands")]
    [InlineData("Pick up the dry cleaning - Ben", "Pick up the dry cleaning | - | Ben | errands")]
    [InlineData("Water the plants (Ben)", "Water the plants | - | Ben | household")]
    [InlineData("Zoë must practise piano at 5", "Practise piano | 2026-11-23T17:00 | Zoë Smith | other")]
    [InlineData("Ben has football on Tuesday at 4", "Football | 2026-11-24T16:00 | Ben | other")]
    [InlineData("remind me to call the dentist on Monday at 9am", "Call the dentist | 2026-11-23T09:00 | Ann | health")]
    [InlineData("hey can you remind me tomorrow at 8 to take my pills", "Take my pills | 2026-11-23T08:00 | Ann | health")]
    [InlineData("I'll cook dinner tonight", "Cook dinner | 2026-11-22 | Ann | household")]
    [InlineData("Ben and Ann should clean the garage on Saturday", "Clean the garage | 2026-11-28 | - | household")]
    [InlineData("call Ben", "Call Ben | - | - | family")]
    public async Task It_goes_to_whom_it_names(string sentence, string task) =>
        Assert.Equal(task, (await model.AskAsync(sentence)).Board);

    [Theory]
    [InlineData("we're out of milk", "Buy milk | - | - | shopping")]
    [InlineData("we need nappies and wipes", "Buy nappies and wipes | - | - | shopping")]
    [InlineData("milk and eggs", "Buy milk and eggs | - | - | shopping")]
    public async Task What_is_missing_is_to_be_bought(string sentence, string task) =>
        Assert.Equal(task, (await model.AskAsync(sentence)).Board);

    [Fact]
    public async Task A_time_alone_is_the_next_such_time()
    {
        Assert.Equal("Call mum | 2026-11-22T21:00 | - | family", (await model.AskAsync("call mum at 9pm")).Board);
        Assert.Equal("Call mum | 2026-11-23T17:00 | - | family", (await model.AskAsync("call mum at 5")).Board);
        Assert.Equal("Call mum | 2026-11-22T17:00 | - | family", (await model.AskAsync("call mum at 5", now: "2026-11-22T10:00:00")).Board);
    }

    [Fact]
    public async Task A_date_is_read_as_the_family_writes_it()
    {
        Assert.Equal("Pay rent | 2026-12-03 | - | finance", (await model.AskAsync("pay rent on 3/12")).Board);
        Assert.Equal("Pay rent | 2027-03-12 | - | finance", (await model.AskAsync("pay rent on 3/12", locale: "en-US")).Board);
    }

    [Fact]
    public async Task What_is_in_brackets_becomes_a_note()
    {
        var understood = await model.AskAsync("Buy milk (the oat one)");

        Assert.Equal("Buy milk | - | - | shopping", understood.Board);
        Assert.Equal(["the oat one"], understood.Notes);
    }
}
