using System.Globalization;
using FamilyPa.Simulators.Faults;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>Chat contents that a careless client would believe. Each breaks the contract in one way only.</summary>
internal static class BrokenAnswers
{
    private const int TooMany = 500;
    private const int Huge = 10_000;

    public static string Of(SchemaBreak variant) => variant switch
    {
        SchemaBreak.MissingTasks => """{"clarifying_question":null,"language":"en"}""",
        SchemaBreak.NullTasks => """{"tasks":null,"clarifying_question":null,"language":"en"}""",
        SchemaBreak.TasksNotAList => """{"tasks":"buy milk","clarifying_question":null,"language":"en"}""",
        SchemaBreak.NotAnObject => """["buy milk"]""",
        SchemaBreak.ExtraProperty => Answer(Task(more: ""","priority":"high" """)),
        SchemaBreak.MarkdownFence => $"```json\n{Answer(Task())}\n```",
        SchemaBreak.EmptyTitle => Answer(Task(title: "  ")),
        SchemaBreak.HugeTitle => Answer(Task(title: new string('m', Huge))),
        SchemaBreak.UnknownCategory => Answer(Task(category: "wizardry")),
        SchemaBreak.UnreadableDate => Answer(Task(due: "next Tuesday-ish")),
        SchemaBreak.PastCenturyDate => Answer(Task(due: "1926-11-23")),
        SchemaBreak.ConfidenceOutOfRange => Answer(Task(confidence: "7.5")),
        SchemaBreak.ConfidenceNotANumber => Answer(Task(confidence: "\"high\"")),
        SchemaBreak.UnknownAssignee => Answer(Task(assignees: "\"Mallory\"")),
        SchemaBreak.TooManyTasks => Answer(string.Join(',', Enumerable.Range(1, TooMany)
            .Select(number => Task(title: "Buy milk " + number.ToString(CultureInfo.InvariantCulture))))),
        _ => throw new ArgumentOutOfRangeException(nameof(variant), variant, "unknown variant"),
    };

    private static string Answer(string tasks) => $$"""{"tasks":[{{tasks}}],"clarifying_question":null,"language":"en"}""";

    private static string Task(
        string title = "Buy milk", string due = "2026-11-23", string assignees = "", string category = "shopping",
        string confidence = "0.95", string more = "") =>
        $$"""{"title":"{{title}}","notes":null,"due_at":"{{due}}","assignees":[{{assignees}}],"category":"{{category}}","confidence":{{confidence}}{{more}}}""";
}
