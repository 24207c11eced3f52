using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Core.Chat;

public static class CommandServices
{
    /// <summary>What members ask for in the chat.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services) => services.AddSingleton<ChatCommands>();
}
