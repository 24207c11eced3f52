// The tested models. main.bicepparam chooses by name; another model is written there in full.

@export()
@description('A strict JSON schema, pictures, and reasoning that can be switched off. Prices are Pipeline__ settings.')
type chatModel = {
  name: string
  version: string
  sku: 'Standard' | 'DataZoneStandard' | 'GlobalStandard'
  prices: {
    @description('US dollars for a million tokens, as text.')
    ChatInputUsdPerMillion: string
    ChatOutputUsdPerMillion: string
  }
}

@export()
type transcriptionModel = {
  name: string
  version: string
  @description('GlobalStandard: recordings may be processed outside the EU.')
  sku: 'Standard' | 'DataZoneStandard' | 'GlobalStandard'
  @description('How it is asked: AZURE_OPENAI_TRANSCRIPTION_SHAPE.')
  shape: 'gpt-transcribe' | 'gpt-4o-transcribe'
  @description('TranscriptionUsdPerMinute where it is charged by length, the others where it is charged by tokens.')
  prices: {
    TranscriptionUsdPerMinute: string?
    TranscriptionAudioUsdPerMillion: string?
    TranscriptionInputUsdPerMillion: string?
    TranscriptionOutputUsdPerMillion: string?
  }
}

// The first of each is the default. The second is for regions without it, or if familypa smoke fails.

@export()
var chatModels = {
  'gpt-6-luna': {
    name: 'gpt-6-luna'
    version: '2026-09-22'
    sku: 'DataZoneStandard'
    prices: { ChatInputUsdPerMillion: '0.12', ChatOutputUsdPerMillion: '0.60' }
  }
  // Until 2028-01-11.
  'gpt-5.6-luna': {
    name: 'gpt-5.6-luna'
    version: '2026-07-09'
    sku: 'DataZoneStandard'
    prices: { ChatInputUsdPerMillion: '0.20', ChatOutputUsdPerMillion: '1.20' }
  }
}

// Neither is offered in a data zone.
@export()
var transcriptionModels = {
  'gpt-transcribe': {
    name: 'gpt-transcribe'
    version: '2026-07-28'
    sku: 'GlobalStandard'
    shape: 'gpt-transcribe'
    prices: { TranscriptionUsdPerMinute: '0.0045' }
  }
  // Until 2027-06-15.
  'gpt-4o-mini-transcribe': {
    name: 'gpt-4o-mini-transcribe'
    version: '2025-12-15'
    sku: 'GlobalStandard'
    shape: 'gpt-4o-transcribe'
    prices: {
      TranscriptionAudioUsdPerMillion: '3'
      TranscriptionInputUsdPerMillion: '1.25'
      TranscriptionOutputUsdPerMillion: '5'
    }
  }
}
