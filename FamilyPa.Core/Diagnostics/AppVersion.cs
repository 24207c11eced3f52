using System.Reflection;

namespace FamilyPa.Core.Diagnostics;

/// <summary>The version in Directory.Build.props, followed by <c>+</c> and the commit.</summary>
public static class AppVersion
{
    public static string Current { get; } = typeof(AppVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
