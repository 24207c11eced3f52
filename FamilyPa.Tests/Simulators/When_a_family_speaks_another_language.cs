namespace FamilyPa.Tests.Simulators;

public class When_a_family_speaks_another_language(KeylessModel model)
{
    [Theory]
    [InlineData("de", "Milch kaufen morgen und am Freitag um 17 Uhr Oma anrufen",
        "Milch kaufen | 2026-11-23 | - | shopping // Oma anrufen | 2026-11-27T17:00 | - | family")]
    [InlineData("de", "Kauf bitte Milch und ruf Oma an", "Kauf Milch | - | - | shopping // Ruf Oma an | - | - | family")]
    [InlineData("de", "Erinnere mich daran, am 3. Dezember die Miete zu überweisen", "Die Miete überweisen | 2026-12-03 | Ann | finance")]
    [InlineData("de", "Bitte Brot und Butter kaufen", "Brot und Butter kaufen | - | - | shopping")]
    [InlineData("de", "Ben soll den Müll rausbringen", "Den Müll rausbringen | - | Ben | household")]
    [InlineData("de", "Einkaufsliste:\n- Milch\n- Brot", "Milch und Brot kaufen | - | - | shopping")]
    [InlineData("fr", "acheter du lait demain et appeler mamie vendredi à 17h",
        "Acheter du lait | 2026-11-23 | - | shopping // Appeler mamie | 2026-11-27T17:00 | - | family")]
    [InlineData("fr", "Rappelle-moi d'appeler le dentiste lundi à 9h", "Appeler le dentiste | 2026-11-23T09:00 | Ann | health")]
    [InlineData("fr", "Peux-tu récupérer le colis après-demain ?", "Récupérer le colis | 2026-11-24 | - | errands")]
    [InlineData("es", "comprar leche mañana y llamar a la abuela el viernes a las 5 de la tarde",
        "Comprar leche | 2026-11-23 | - | shopping // Llamar a la abuela | 2026-11-27T17:00 | - | family")]
    [InlineData("es", "Ben tiene que sacar la basura", "Sacar la basura | - | Ben | household")]
    [InlineData("it", "comprare il latte domani e chiamare la nonna venerdì alle 17",
        "Comprare il latte | 2026-11-23 | - | shopping // Chiamare la nonna | 2026-11-27T17:00 | - | family")]
    [InlineData("nl", "morgen melk kopen en vrijdag om 17:00 oma bellen",
        "Melk kopen | 2026-11-23 | - | shopping // Oma bellen | 2026-11-27T17:00 | - | family")]
    [InlineData("pt", "comprar leite amanhã e ligar para a avó na sexta-feira às 17h",
        "Comprar leite | 2026-11-23 | - | shopping // Ligar para a avó | 2026-11-27T17:00 | - | family")]
    [InlineData("ru", "купить молоко завтра, позвонить бабушке в пятницу в 17:00",
        "Купить молоко | 2026-11-23 | - | shopping // Позвонить бабушке | 2026-11-27T17:00 | - | family")]
    [InlineData("ja", "明日牛乳を買う", "牛乳を買う | 2026-11-23 | - | shopping")]
    [InlineData("zh", "明天买牛奶。星期五下午5点给奶奶打电话。", "买牛奶 | 2026-11-23 | - | shopping // 给奶奶打电话 | 2026-11-27T17:00 | - | family")]
    [InlineData("ar", "شراء الحليب غدا", "شراء الحليب | 2026-11-23 | - | shopping")]
    public async Task Tasks_are_found_in_it(string language, string message, string tasks)
    {
        var understood = await model.AskAsync(message, locale: $"{language}-{language.ToUpperInvariant()}");

        Assert.Equal(tasks, understood.Board);
        Assert.Equal(language, understood.Language);
    }

    [Theory]
    [InlineData("Milch kaufen morgen", "de")]
    [InlineData("acheter du pain demain", "fr")]
    [InlineData("לקנות חלב", "he")]
    [InlineData("buy milk", "en")]
    public async Task It_is_recognised_in_an_English_family_as_well(string message, string language) =>
        Assert.Equal(language, (await model.AskAsync(message)).Language);

    [Theory]
    [InlineData("de-DE", "Danke!")]
    [InlineData("fr-FR", "Merci beaucoup !")]
    [InlineData("es-ES", "¡Hola! ¿Qué tal?")]
    [InlineData("ru-RU", "спасибо")]
    [InlineData("ja-JP", "ありがとう")]
    public async Task Small_talk_stays_small_talk(string locale, string message) =>
        Assert.Empty((await model.AskAsync(message, locale)).Tasks);

    [Fact]
    public async Task The_question_back_is_asked_in_it() =>
        Assert.Equal("Was genau ist mit „Mach das“ gemeint?", (await model.AskAsync("Mach das", "de-DE")).Question);
}
