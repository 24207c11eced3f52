using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Simulators;

public class When_several_things_are_said_at_once(KeylessModel model)
{
    [Theory]
    [InlineData("buy milk tomorrow and call grandma on Friday at 5pm",
        "Buy milk | 2026-11-23 | - | shopping // Call grandma | 2026-11-27T17:00 | - | family")]
    [InlineData("buy milk tomorrow, call grandma, then pay the rent by Friday",
        "Buy milk | 2026-11-23 | - | shopping // Call grandma | - | - | family // Pay the rent | 2026-11-27 | - | finance")]
    [InlineData("Hi! Please buy milk. Call mum! Thanks", "Buy milk | - | - | shopping // Call mum | - | - | family")]
    [InlineData("Ann: buy milk. Ben: feed the dog.", "Buy milk | - | Ann | shopping // Feed the dog | - | Ben | household")]
    public async Task Each_becomes_a_task(string message, string tasks) => Assert.Equal(tasks, (await model.AskAsync(message)).Board);

    [Theory]
    [InlineData("buy milk, eggs and bread", "Buy milk, eggs and bread | - | - | shopping")]
    [InlineData("wash and iron the shirts", "Wash and iron the shirts | - | - | household")]
    [InlineData("Call Dr. Lee back tomorrow at 5 p.m. sharp", "Call Dr. Lee back sharp | 2026-11-23T17:00 | - | other")]
    public async Task One_task_stays_whole(string message, string task) => Assert.Equal(task, (await model.AskAsync(message)).Board);

    [Theory]
    [InlineData("1. buy milk\n2) call grandma tomorrow\n3. pay rent")]
    [InlineData("This week:\n- buy milk\n* call grandma tomorrow\n• pay rent")]
    [InlineData("buy milk\n\ncall grandma tomorrow\npay rent")]
    public async Task Every_item_of_a_list_is_a_task(string message) => Assert.Equal(
        "Buy milk | - | - | shopping // Call grandma | 2026-11-23 | - | family // Pay rent | - | - | finance", (await model.AskAsync(message)).Board);
}
