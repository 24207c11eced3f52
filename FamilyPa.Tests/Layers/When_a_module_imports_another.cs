using System.Text.RegularExpressions;
using FamilyPa.Local;

namespace FamilyPa.Tests.Layers;

/// <summary>The JavaScript of the pages, which no compiler checks.</summary>
public partial class When_a_module_imports_another
{
    private static readonly ILookup<string, string> Imports =
        (from folder in new[] { "FamilyPa.Functions/Pages", "local/FamilyPa.Local/Phone/page" }
         from module in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.js", SearchOption.AllDirectories)
         from Match import in Import().Matches(File.ReadAllText(module))
         select (module, Imported: Path.GetFullPath(import.Groups[1].Value, Path.GetDirectoryName(module)!))).ToLookup(import => import.module, import => import.Imported);

    [Fact]
    public void It_is_not_imported_by_that_one_in_turn() => AssertNoCycle(Imports);

    [Fact]
    public void Its_folder_is_not_used_by_the_other_ones_folder() => AssertNoCycle(
        Imports.SelectMany(module => module, (module, imported) => (From: Path.GetDirectoryName(module.Key)!, To: Path.GetDirectoryName(imported)!))
            .Where(use => use.From != use.To).ToLookup(use => use.From, use => use.To));

    private static void AssertNoCycle(ILookup<string, string> uses)
    {
        Assert.NotEmpty(uses);
        Assert.Empty(uses.Select(use => use.Key).Where(module => Reached(module, []).Contains(module)).Select(module => Path.GetRelativePath(Repository.Root, module)));

        HashSet<string> Reached(string module, HashSet<string> reached)
        {
            foreach (var used in uses[module].Where(reached.Add))
                Reached(used, reached);
            return reached;
        }
    }

    [GeneratedRegex(@"\b(?:from|import)\s*\(?\s*['""](\.[^'""]+)['""]")]
    private static partial Regex Import();
}
