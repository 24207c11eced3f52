using System.Reflection;
using FamilyPa.Bench.Traffic;
using FamilyPa.Core.Storage;
using FamilyPa.Functions.Http;
using FamilyPa.Local;
using FamilyPa.Simulators.Twilio;
using NetArchTest.Rules;

namespace FamilyPa.Tests.Layers;

/// <summary>
/// The map of the house: which folder of Core may use which. Below the line are features; above it is what knows nothing of them. A folder that is
/// not named here fails, and so does a dependency that is not.
/// </summary>
public class When_a_folder_depends_on_another
{
    private const string Root = "FamilyPa.Core.";

    private static readonly string[] Base = ["Settings", "Diagnostics", "Storage", "Queues", "Twilio", "OpenAI", "Resilience"];

    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Settings"] = [],
        ["Diagnostics"] = [],
        ["Resilience"] = [],
        ["Storage"] = ["Settings"],
        ["Twilio"] = ["Settings", "Diagnostics", "Resilience"],
        ["OpenAI"] = ["Settings", "Diagnostics", "Resilience"],
        ["Queues"] = ["Settings", "Diagnostics", "Storage", "Twilio"],

        // ---- features; each may use all of the above ----
        ["Families"] = [],
        ["Tasks"] = [],
        ["Media"] = [],
        ["Transcription"] = ["Families", "Media"],
        ["Replies"] = ["Families", "Tasks"],
        ["Notifications"] = ["Families", "Replies"],
        ["SignIn"] = ["Families", "Replies", "Notifications"],
        ["Calendar"] = ["Families", "SignIn", "Tasks"],
        ["Transfer"] = ["Families", "Replies", "SignIn", "Tasks"],
        ["Membership"] = ["Families", "Tasks", "Transcription", "Notifications"],
        ["Jobs"] = ["Families", "Media", "Transcription"],
        ["Limits"] = ["Jobs", "Replies", "Families"],
        ["Extraction"] = ["Families", "Tasks", "Jobs", "Replies"],
        ["Translation"] = ["Extraction", "Families", "Jobs", "Limits", "Replies"],
        ["Chat"] = ["Families", "Tasks", "Replies", "Jobs", "Reminders", "SignIn"],
        ["Canary"] = ["Families", "Extraction"],
        ["Ingestion"] = ["Chat", "Jobs", "Replies"],
        ["Pipeline"] = ["Chat", "Extraction", "Families", "Jobs", "Limits", "Media", "Reminders", "Replies", "SignIn", "Tasks", "Transcription", "Translation"],
        ["Reminders"] = ["Families", "Jobs", "Replies", "Tasks"],
        ["Erasure"] = ["Media"],
        ["Retention"] = ["Media"],
        ["Reconciliation"] = ["Erasure", "Ingestion", "Replies", "Retention", "SignIn"],
        ["Operations"] = ["Ingestion", "Notifications"],
    };

    public static TheoryData<string> Folders => [.. FoldersOf(typeof(Database).Assembly, Root)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void It_is_one_that_the_map_allows(string folder)
    {
        Assert.True(MayUse.TryGetValue(folder, out var allowed), $"The map does not name FamilyPa.Core/{folder}.");
        string[] forbidden = [.. MayUse.Keys.Except([folder, .. allowed, .. Base.Contains(folder) ? [] : Base]).Select(other => Root + other)];

        var result = Types.InAssembly(typeof(Database).Assembly).That().ResideInNamespaceMatching($@"^FamilyPa\.Core\.{folder}(\.|$)").ShouldNot().HaveDependencyOnAny(forbidden).GetResult();

        Assert.True(result.IsSuccessful, $"FamilyPa.Core/{folder} may use {string.Join(", ", allowed)}; not so: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }

    [Fact]
    public void The_map_has_no_cycle()
    {
        var left = MayUse.ToDictionary(folder => folder.Key, folder => folder.Value.ToList());
        while (left.FirstOrDefault(folder => folder.Value.TrueForAll(used => !left.ContainsKey(used))).Key is { } free)
            left.Remove(free);

        Assert.Empty(left.Keys);
    }

    [Theory]
    [InlineData(typeof(Problem), "FamilyPa.Functions.")]
    [InlineData(typeof(Repository), "FamilyPa.Local.")]
    [InlineData(typeof(TwilioSimulator), "FamilyPa.Simulators.")]
    [InlineData(typeof(Draft), "FamilyPa.Bench.")]
    public void Elsewhere_no_two_folders_use_each_other(Type some, string root)
    {
        var folders = FoldersOf(some.Assembly, root).ToList();
        var uses = folders.ToDictionary(folder => folder, folder => folders.Where(other => other != folder && Types.InAssembly(some.Assembly)
            .That().ResideInNamespaceMatching($"^{root.Replace(".", @"\.", StringComparison.Ordinal)}{folder}(\\.|$)").And().HaveDependencyOn(root + other).GetTypes().Any()).ToHashSet());

        Assert.Empty(from one in folders from other in folders where string.CompareOrdinal(one, other) < 0 && uses[one].Contains(other) && uses[other].Contains(one) select $"{one} and {other}");
    }

    private static IEnumerable<string> FoldersOf(Assembly assembly, string root) => assembly.GetTypes()
        .Where(type => type.Namespace?.StartsWith(root, StringComparison.Ordinal) is true)
        .Select(type => type.Namespace![root.Length..].Split('.')[0])
        .Distinct()
        .Order(StringComparer.Ordinal);
}
