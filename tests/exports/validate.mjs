// usage: node validate.mjs SCHEMAS KIND FILE...
// Whether each FILE is what the schemas of that KIND (eve, stix, oscal) ask for; says what is not,
// one line each, and ends with 1 then.
import fs from 'node:fs'
import path from 'node:path'
import Ajv from 'ajv'
import Ajv2020 from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

const options = { allErrors: false, strict: false, logger: false }

function load(...parts) {
  return JSON.parse(fs.readFileSync(path.join(...parts), 'utf8'))
}

const kinds = {
  eve(schemas) {
    const schema = load(schemas, 'suricata-eve.schema.json')
    return new Ajv2020(options).compile(schema)
  },
  stix(schemas) {
    // Its patterns have escapes that a strict regular expression refuses.
    const ajv = new Ajv2020({ ...options, unicodeRegExp: false })
    const root = path.join(schemas, 'stix-2.1')
    formats(ajv)
    for (const folder of ['common', 'observables', 'sdos', 'sros'])
      for (const name of fs.readdirSync(path.join(root, folder)))
        if (name !== 'bundle.json') ajv.addSchema(load(root, folder, name))
    return ajv.compile(load(root, 'common', 'bundle.json'))
  },
  oscal(schemas) {
    const ajv = new Ajv(options)
    formats(ajv)
    return ajv.compile(load(schemas, 'oscal_assessment-results_schema.json'))
  },
}

// EVE is a document in each line.
function documents(kind, file) {
  const text = fs.readFileSync(file, 'utf8')
  return kind === 'eve' ? text.split('\n').slice(0, -1) : [text]
}

const [schemas, kind, ...files] = process.argv.slice(2)
const validate = kinds[kind](schemas)
for (const file of files)
  documents(kind, file).forEach((document, line) => {
    if (validate(JSON.parse(document))) return
    const error = validate.errors[0]
    console.log(`${file}:${line + 1}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`)
    process.exitCode = 1
  })
