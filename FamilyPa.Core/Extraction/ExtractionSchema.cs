using System.Text.Json.Nodes;
using FamilyPa.Core.Families;
using FamilyPa.Core.Tasks;

namespace FamilyPa.Core.Extraction;

/// <summary>The JSON schema that the model's answer must have (strict: every property listed and required, nothing else).</summary>
public static class ExtractionSchema
{
    public const string Name = "family_tasks";

    public static IReadOnlyList<string> Categories => TaskCategories.All;

    public static readonly IReadOnlyList<string> Clearable = ["due_at", "assignees", "notes", "recurrence"];

    /// <param name="questions">How many questions of ours are open, which an answer may name by their numbers.</param>
    /// <param name="tasks">How many existing tasks it may name by theirs.</param>
    public static BinaryData For(IReadOnlyList<Member> members, int questions, int tasks)
    {
        var schema = Plain(members);
        if (tasks > 0)
        {
            AddProperty(schema, "changes", new JsonObject { ["type"] = "array", ["items"] = Change(members, tasks) });
            AddProperty(schema, "already", new JsonObject { ["type"] = "array", ["items"] = Numbered(tasks) });
        }

        if (questions > 0)
        {
            var numbers = Numbers(questions);
            AddProperty(schema, "withdrawn", new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject { ["type"] = "integer", ["enum"] = numbers.DeepClone() },
            });
            numbers.Add(null);
            AddProperty(schema, "confirmed", new JsonObject { ["type"] = Strings(["integer", "null"]), ["enum"] = numbers.DeepClone() });
            AddProperty(
                schema["properties"]!["tasks"]!["items"]!.AsObject(), "answers",
                new JsonObject { ["type"] = Strings(["integer", "null"]), ["enum"] = numbers });
        }

        return BinaryData.FromString(schema.ToJsonString());
    }

    private static JsonObject Plain(IEnumerable<Member> members) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = Strings(["tasks", "clarifying_question", "language", "list"]),
        ["properties"] = new JsonObject
        {
            ["tasks"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject
                {
                    ["type"] = "object",
                    ["additionalProperties"] = false,
                    ["required"] = Strings(["title", "notes", "due_at", "remind_at", "recurrence", "assignees", "category", "confidence"]),
                    ["properties"] = new JsonObject
                    {
                        ["title"] = Described("string", "What to do, short, in the sender's language, without the date."),
                        ["notes"] = Described("string|null", "Details that do not fit the title."),
                        ["due_at"] = Described("string|null", "Local date (yyyy-MM-dd), or local date and time (yyyy-MM-ddTHH:mm) if a time was said."),
                        ["remind_at"] = Described("string|null", "Local date and time (yyyy-MM-ddTHH:mm) to remind at, only if it was said and is not due_at."),
                        ["recurrence"] = Rule(),
                        ["assignees"] = Assignees(members),
                        ["category"] = Described("string", "The list that it is on: one of lists, or a new one that the message calls a list."),
                        ["confidence"] = Described("number", "0 to 1: how sure it is that this was meant."),
                    },
                },
            },
            ["clarifying_question"] = Described("string|null", "One short question in the sender's language, only if a task is unclear without its answer."),
            ["language"] = Described("string", "BCP 47 tag of the sender's language."),
            ["list"] = Object(
                ["object", "null"],
                ("from", Described("string|null", "yyyy-MM-dd")), ("until", Described("string|null", "yyyy-MM-dd")), ("assignee", NameOf(members, "string", "null")),
                ("category", Described("string|null", "The list that is asked for.")),
                ("done", new JsonObject { ["type"] = "boolean" }), ("delete", Described("boolean", "All of them are to be deleted."))),
        },
    };

    private static JsonObject Change(IEnumerable<Member> members, int tasks) => Object(
        ["object"],
        ("task", Numbered(tasks)),
        ("operation", new JsonObject { ["type"] = "string", ["enum"] = Strings(TaskOperations.InOrder) }),
        ("title", Described("string|null", "The new title.")),
        ("notes", Described("string|null", "The new notes.")),
        ("due_at", Described("string|null", "The new due date, as of a new task.")),
        ("remind_at", Described("string|null", "When to remind, as of a new task.")),
        ("recurrence", Rule()),
        ("assignees", Assignees(members)),
        ("category", Described("string|null", "The list that it is moved to.")),
        ("clear", new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string", ["enum"] = Strings(Clearable) } }),
        ("confidence", Described("number", "0 to 1: how sure it is that this task and this operation were meant.")));

    private static JsonObject Rule() => Described("string|null", "RRULE of RFC 5545 without DTSTART, or AFTER_DONE=P3D; only of what recurs.");

    private static JsonObject Assignees(IEnumerable<Member> members) => new() { ["type"] = "array", ["items"] = NameOf(members, "string") };

    private static JsonObject NameOf(IEnumerable<Member> members, params string[] types) => new()
    {
        ["type"] = types is [var one] ? one : Strings(types),
        ["enum"] = new JsonArray([.. members.SelectMany(m => m.Names).Distinct().Select(name => (JsonNode)name), .. types.Skip(1).Select(_ => (JsonNode?)null)]),
    };

    private static JsonObject Object(IReadOnlyList<string> types, params (string Name, JsonNode Type)[] properties) => new()
    {
        ["type"] = types is [var one] ? one : Strings(types),
        ["additionalProperties"] = false,
        ["required"] = Strings(properties.Select(property => property.Name)),
        ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Name, (JsonNode?)property.Type))),
    };

    private static JsonArray Numbers(int count) => new([.. Enumerable.Range(1, count).Select(number => (JsonNode)number)]);

    private static JsonObject Numbered(int count) => new() { ["type"] = "integer", ["enum"] = Numbers(count) };

    private static void AddProperty(JsonObject schema, string name, JsonNode type)
    {
        schema["properties"]![name] = type;
        schema["required"]!.AsArray().Add(name);
    }

    private static JsonObject Described(string types, string description) => new()
    {
        ["type"] = types.Split('|') is [var one] ? one : Strings(types.Split('|')),
        ["description"] = description,
    };

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
