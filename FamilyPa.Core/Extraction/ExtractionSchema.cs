using System.Text.Json.Nodes;
using FamilyPa.Core.Families;

namespace FamilyPa.Core.Extraction;

/// <summary>The JSON schema that the model's answer must have (strict: every property listed and required, nothing else).</summary>
public static class ExtractionSchema
{
    public const string Name = "family_tasks";

    public static readonly IReadOnlyList<string> Categories =
        ["shopping", "household", "school", "health", "appointments", "errands", "family", "work", "finance", "other"];

    public static BinaryData For(IEnumerable<Member> members) => BinaryData.FromString(new JsonObject
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = Strings(["tasks", "clarifying_question", "language"]),
        ["properties"] = new JsonObject
        {
            ["tasks"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject
                {
                    ["type"] = "object",
                    ["additionalProperties"] = false,
                    ["required"] = Strings(["title", "notes", "due_at", "assignee", "category", "confidence"]),
                    ["properties"] = new JsonObject
                    {
                        ["title"] = Described("string", "What to do, short, in the sender's language, without the date."),
                        ["notes"] = Described("string|null", "Details that do not fit the title."),
                        ["due_at"] = Described("string|null", "Local date (yyyy-MM-dd), or local date and time (yyyy-MM-ddTHH:mm) if a time was said."),
                        ["assignee"] = new JsonObject
                        {
                            ["type"] = Strings(["string", "null"]),
                            ["enum"] = new JsonArray([.. members.Select(m => (JsonNode)m.Name).DistinctBy(n => n.ToString()), null]),
                        },
                        ["category"] = new JsonObject { ["type"] = "string", ["enum"] = Strings(Categories) },
                        ["confidence"] = Described("number", "0 to 1: how sure it is that this was meant."),
                    },
                },
            },
            ["clarifying_question"] = Described("string|null", "One short question in the sender's language, only if a task is unclear without its answer."),
            ["language"] = Described("string", "BCP 47 tag of the sender's language."),
        },
    }.ToJsonString());

    private static JsonObject Described(string types, string description) => new()
    {
        ["type"] = types.Split('|') is [var one] ? one : Strings(types.Split('|')),
        ["description"] = description,
    };

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
