namespace FamilyPa.Tests.Simulators;

public class When_several_things_are_said_at_once(KeylessModel model)
{
    [Theory]
    [InlineData("buy milk tomorrow and call grandma on Friday at 5pm",
        "Buy milk | 2026-11-23 | - | shopping // Call grandma | 2026-11-27T17:00 | - | family")]
    [InlineData("buy milk tomorrow, call grandma, then pay the rent by Friday",
        "Buy milk | 2026-11-23 | - | shopping // Call grandma | - | - | family // Pay the rent | 2026-11-27 | - | finance")]
    [InlineData("call plumber, book MOT, renew insurance",
        "Call plumber | - | - | household // Book MOT | - | - | appointments // Renew insurance | - | - | finance")]
    [InlineData("buy stamps and post the letter", "Buy stamps | - | - | shopping // Post the letter | - | - | errands")]
    [InlineData("Hi! Please buy milk. Call mum! Thanks", "Buy milk | - | - | shopping // Call mum | - | - | family")]
    [InlineData("Pick up kids at 3 then swimming at 4", "Pick up kids | 2026-11-23T15:00 | - | family // Swimming | 2026-11-23T16:00 | - | other")]
    [InlineData("call grandma on Friday and the dentist on Monday",
        "Call grandma | 2026-11-27 | - | family // Call the dentist | 2026-11-23 | - | health")]
    [InlineData("Ann needs to pay rent, Ben has to mow the lawn", "Pay rent | - | Ann | finance // Mow the lawn | - | Ben | household")]
    [InlineData("Ann: buy milk. Ben: feed the dog.", "Buy milk | - | Ann | shopping // Feed the dog | - | Ben | household")]
    public async Task Each_becomes_a_task(string message, string tasks) => Assert.Equal(tasks, (await model.AskAsync(message)).Board);

    [Theory]
    [InlineData("buy milk, eggs and bread", "Buy milk, eggs and bread | - | - | shopping")]
    [InlineData("buy bread and butter", "Buy bread and butter | - | - | shopping")]
    [InlineData("buy milk; eggs; bread", "Buy milk; eggs; bread | - | - | shopping")]
    [InlineData("buy milk and water for the trip", "Buy milk and water for the trip | - | - | shopping")]
    [InlineData("wash and iron the shirts", "Wash and iron the shirts | - | - | household")]
    [InlineData("Get mum a birthday present before Friday and wrap it", "Get mum a birthday present and wrap it | 2026-11-27 | - | family")]
    [InlineData("pay council tax, electricity and gas bills by 30 November", "Pay council tax, electricity and gas bills | 2026-11-30 | - | finance")]
    [InlineData("Call Dr. Lee back tomorrow at 5 p.m. please", "Call Dr. Lee back | 2026-11-23T17:00 | - | health")]
    public async Task What_belongs_together_stays_together(string message, string task) => Assert.Equal(task, (await model.AskAsync(message)).Board);

    [Theory]
    [InlineData("Tomorrow: buy milk, call grandma and pick up the parcel at 3pm",
        "Buy milk | 2026-11-23 | - | shopping // Call grandma | 2026-11-23 | - | family // Pick up the parcel | 2026-11-23T15:00 | - | errands")]
    [InlineData("tomorrow buy milk and call grandma", "Buy milk | 2026-11-23 | - | shopping // Call grandma | 2026-11-23 | - | family")]
    [InlineData("pick up Ben tomorrow at 3pm and call grandma at 5pm",
        "Pick up Ben | 2026-11-23T15:00 | - | errands // Call grandma | 2026-11-23T17:00 | - | family")]
    public async Task A_day_said_first_holds_for_the_rest(string message, string tasks) => Assert.Equal(tasks, (await model.AskAsync(message)).Board);

    [Fact]
    public async Task Whoever_was_asked_does_the_rest_as_well() => Assert.Equal(
        "Take out the bins | - | Ben | household // Feed the dog | - | Ben | household",
        (await model.AskAsync("Ben should take out the bins and feed the dog")).Board);

    [Theory]
    [InlineData("1. buy milk\n2) call grandma tomorrow\n3. pay rent")]
    [InlineData("- buy milk\n* call grandma tomorrow\n• pay rent")]
    [InlineData("buy milk\n\ncall grandma tomorrow\npay rent")]
    [InlineData("1. buy milk 2. call grandma tomorrow 3. pay rent")]
    public async Task Every_item_of_a_list_is_a_task(string message) => Assert.Equal(
        "Buy milk | - | - | shopping // Call grandma | 2026-11-23 | - | family // Pay rent | - | - | finance", (await model.AskAsync(message)).Board);

    [Theory]
    [InlineData("Shopping list:\n- milk\n- eggs\n- bread")]
    [InlineData("shopping\nmilk\neggs\nbread")]
    public async Task A_shopping_list_is_one_trip(string message) =>
        Assert.Equal("Buy milk, eggs and bread | - | - | shopping", (await model.AskAsync(message)).Board);

    [Fact]
    public async Task A_heading_gives_its_day_or_its_member_to_the_items()
    {
        Assert.Equal(
            "Wash the car | 2026-11-28 | - | errands // Dinner with Tom | 2026-11-28T19:00 | - | family",
            (await model.AskAsync("Saturday:\n- wash the car\n- dinner with Tom at 7pm")).Board);
        Assert.Equal(
            "Feed the dog | - | Ben | household // Homework | - | Ben | school",
            (await model.AskAsync("Ben:\n- feed the dog\n- homework")).Board);
    }
}
