"""An OpenAPI document whose bodies are of every type, and answers of every kind."""

OPENAPI = """
openapi: {version}
info: {{title: Permits, version: "1"}}
servers: [{{url: "http://agency.example/permits"}}]
paths:
  /applications:
    post:
      operationId: apply
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema: {{$ref: '#/components/schemas/Application'}}
            encoding: {{plan: {{contentType: 'application/pdf, image/png'}}}}
      responses:
        '201':
          description: taken
          headers: {{X-Receipt: {{required: true, schema: {{type: integer}}}}, X-Trace: {{schema: {{type: string}}}}}}
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/Receipt'}}}}}}
        '404': {{description: There is no such plot.}}
        '409': {{description: busy, content: {{text/plain: {{schema: {{type: string}}}}}}}}
  /sign-in:
    post:
      operationId: sign
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [person]
              properties: {{person: {{type: string}}, year: {{type: integer}}, codes: {{type: array, items: {{type: string}}}}}}
      responses: {{2XX: {{description: ok, content: {{application/x-www-form-urlencoded:
        {{schema: {{type: object, required: [number], properties: {{number: {{type: integer}}}}}}}}}}}}}}
  /people:
    put:
      operationId: report
      requestBody: {{required: true, content: {{application/xml: {{schema: {{$ref: '#/components/schemas/Person'}}}}}}}}
      responses: {{default: {{description: any, content: {{application/xml: {{schema: {{$ref: '#/components/schemas/Person'}}}}}}}}}}
  /notes:
    post:
      operationId: note
      requestBody: {{required: true, content: {{text/plain: {{schema: {{type: string, maxLength: 20}}}}}}}}
      responses: {{'200': {{description: ok, content: {{text/plain: {{schema: {{type: integer}}}}}}}}}}
  /plans/{{number}}:
    parameters: [{{name: number, in: path, required: true, schema: {{type: string}}}}]
    put:
      operationId: store
      requestBody: {{required: true, content: {{application/octet-stream: {octets}}}}}
      responses: {{'204': {{description: kept}}}}
    get:
      operationId: fetch
      responses: {{'200': {{description: it, content: {{application/pdf: {octets}}}}}}}
  /lists:
    get:
      operationId: list
      responses: {{'200': {{description: all, content: {{application/json:
        {{schema: {{type: array, minItems: 2, items: {{$ref: '#/components/schemas/Receipt'}}}}}}}}}}}}
components:
  schemas:
    Receipt: {{type: object, required: [number], properties: {{number: {{type: string}}}}}}
    Application:
      type: object
      required: [person, plan, where]
      properties:
        person: {{type: string, minLength: 3}}
        rooms: {{type: integer}}
        plan: {file}
        photos: {{type: array, items: {file}}}
        tags: {{type: array, items: {{type: string}}}}
        where: {{type: object, required: [city], properties: {{city: {{type: string}}}}}}
    Person:
      type: object
      required: [number, name]
      xml: {{name: person, namespace: 'urn:people', prefix: p}}
      properties:
        number: {{type: integer, xml: {{attribute: true}}}}
        name: {{type: string, xml: {{namespace: 'urn:people'}}}}
        born: {{type: string, format: date}}
        isHere: {{type: boolean, xml: {{name: here}}}}
        nick: {{type: array, items: {{type: string, xml: {{name: nickname}}}}}}
        home: {{type: array, xml: {{wrapped: true, name: homes}}, items: {{type: object, xml: {{name: home}},
          required: [city], properties: {{city: {{type: string}}, no: {{type: integer}}}}}}}}
"""
OLD = OPENAPI.format(
    version="3.0.3", file="{type: string, format: binary}", octets="{schema: {type: string, format: binary}}"
)
NEW = OPENAPI.format(version="3.1.0", file="{type: string, contentMediaType: image/png}", octets="{}")
