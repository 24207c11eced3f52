using System.Text.Json;
using FamilyPa.Tests.Infrastructure;

namespace FamilyPa.Tests.Local.Simulators;

/// <summary>Ann writes on Sunday, 22 November 2026, 20:10.</summary>
public class When_a_sentence_says_how_often(KeylessModel model)
{
    private static readonly string[] Fields = ["title", "due_at", "recurrence"];

    [Theory]
    [InlineData("take out the bins every Monday", "Take out the bins | - | FREQ=WEEKLY;BYDAY=MO")]
    [InlineData("Take out the bins every other Friday at 6pm", "Take out the bins | 2026-11-27T18:00 | FREQ=WEEKLY;INTERVAL=2;BYDAY=FR")]
    [InlineData("every Tuesday and Thursday at 17:00 take Ben to football", "Take Ben to football | 2026-11-24T17:00 | FREQ=WEEKLY;BYDAY=TU,TH")]
    [InlineData("walk the dog every day", "Walk the dog | - | FREQ=DAILY")]
    [InlineData("feed the cat every morning", "Feed the cat | 2026-11-23T09:00 | FREQ=DAILY")]
    [InlineData("remind me to take my pills every day until 24 December", "Take my pills | - | FREQ=DAILY;UNTIL=20261224")]
    [InlineData("pack lunch on weekdays at 7:30", "Pack lunch | 2026-11-23T07:30 | FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")]
    [InlineData("pay rent on the 1st of every month", "Pay rent | - | FREQ=MONTHLY;BYMONTHDAY=1")]
    [InlineData("pay rent every month on the 15th", "Pay rent | - | FREQ=MONTHLY;BYMONTHDAY=15")]
    [InlineData("check the smoke alarm every 3 months", "Check the smoke alarm | - | FREQ=MONTHLY;INTERVAL=3")]
    [InlineData("call grandma every first Sunday of the month at 11am", "Call grandma | 2026-12-06T11:00 | FREQ=MONTHLY;BYDAY=1SU")]
    [InlineData("clean the windows at the end of every month", "Clean the windows | - | FREQ=MONTHLY;BYMONTHDAY=-1")]
    [InlineData("water the orchids 3 days after it was last done", "Water the orchids | - | AFTER_DONE=P3D")]
    [InlineData("do the exercises every day 10 times", "Do the exercises | - | FREQ=DAILY;COUNT=10")]
    [InlineData("wash the car", "Wash the car | - | -")]
    public async Task The_task_has_the_rule(string sentence, string expected)
    {
        var input = JsonSerializer.Serialize(
            new { now = "2026-11-22T20:10:00", time_zone = "Europe/London", locale = "en-GB", sender = "Ann", members = KeylessModel.Family, message = sentence });
        using var answer = JsonDocument.Parse(await model.AnswerAsync(input));
        var task = Assert.Single(answer.RootElement.GetProperty("tasks").EnumerateArray());

        Assert.Equal(expected, string.Join(" | ", Fields.Select(name => task.GetProperty(name).GetString() ?? "-")));
    }
}
